"""Who we are: structures, sites, people, roles, tokens, and requests received exactly once."""
