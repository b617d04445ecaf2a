"""Figures shared by a link: read without a login, to the gram, and without anybody's name."""
