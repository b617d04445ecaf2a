"""From a figure down: the rows of the cube, the movements behind each, their documents.

Every level is summed on its own, by other means than the one above, and must come to the same.
"""
