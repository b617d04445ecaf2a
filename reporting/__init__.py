"""The figures: what came in, what left and by which fate, for a period and a scope."""
