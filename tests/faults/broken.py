"""Servers that are broken on purpose: each fault test must see what it looks for, in one of these.

granian serves them by name in the place of ``config.wsgi:application``.
"""

from config.wsgi import application

KEPT: list[bytearray] = []


def leaking(environ, start_response):
    """Keeps a little of each request for good."""
    KEPT.append(bytearray(b"x") * 100_000)
    return application(environ, start_response)
