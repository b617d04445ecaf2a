"""https where no public authority can help: a small one of our own, for one local network."""
