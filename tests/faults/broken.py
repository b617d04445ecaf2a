"""Servers that are broken on purpose: each fault test must see what it looks for, in one of these.

granian serves them by name in the place of ``config.wsgi:application``.
"""

import io
import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from config.wsgi import application
from inventory import whereabouts

for signal in (request_started, request_finished):  # a request here begins and ends inside of one
    signal.disconnect(close_old_connections)
BEHIND = ThreadPoolExecutor(4)
KEPT: list[bytearray] = []


def hasty(environ, start_response):
    """Answers before it commits."""
    said: Future = Future()
    body = io.BytesIO(environ["wsgi.input"].read())  # granian's own stays in its thread
    BEHIND.submit(_answer_then_commit, {**environ, "wsgi.input": body}, said)
    head, answer = said.result()
    start_response(*head)
    return answer


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


def heedless(environ, start_response):
    """Sells an object wherever it is by then."""
    whereabouts._refuse_item = lambda _item: None
    return application(environ, start_response)


def leaking(environ, start_response):
    """Keeps a little of each request for good."""
    KEPT.append(bytearray(b"x") * 100_000)
    return application(environ, start_response)
