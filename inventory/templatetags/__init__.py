"""Template filters for weights."""
