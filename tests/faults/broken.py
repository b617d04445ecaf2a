"""Servers that are broken on purpose: each fault test must see what it looks for, in one of these.

granian serves them by name in the place of ``config.wsgi:application``.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import transaction

from config.wsgi import application

BEHIND = ThreadPoolExecutor(4)
KEPT: list[bytearray] = []


def hasty(environ, start_response):
    """Answers before it commits."""
    said: Future = Future()
    BEHIND.submit(_answer_then_commit, environ, said)
    head, body = said.result()
    start_response(*head)
    return body


def _answer_then_commit(environ, said):
    head = []
    try:
        with transaction.atomic():
            answer = application(environ, lambda *told: head.extend(told))
            said.set_result((head, list(answer)))
            time.sleep(0.03)
            answer.close()
    except Exception as error:
        if not said.done():
            said.set_exception(error)


def leaking(environ, start_response):
    """Keeps a little of each request for good."""
    KEPT.append(bytearray(b"x") * 100_000)
    return application(environ, start_response)
