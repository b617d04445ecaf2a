"""People at tablets and tills: what they send, and what they were answered."""

import json
import random
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import UUID

from django.test import Client

from inventory.ledger import Entry
from inventory.models import Category, Verb
from inventory.services import StockLine, open_stock
from tests.tills import open_till, till_entry

Content = dict[str, Any]
STATUSES_OF_YES = (200, 201)


def stock_up(site):
    """A tonne of furniture to label from, and an open till."""
    entry = Entry(site, Verb.OPEN, till_entry(site).submission, None, till_entry(site).occurred_at)
    open_stock(entry=entry, lines=[StockLine(Category.objects.get(code="MOB"), 1_000_000_000)])
    return open_till(site)


class Line:
    """A connection that stays open, as a browser keeps one; opened again where it was cut."""

    def __init__(self, address, token):
        self.token = token
        self.http = HTTPConnection(address.removeprefix("http://"), timeout=60)

    def ask(self, method, path, content=None):
        """Return status and body. Raises OSError without an answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content)
        try:
            self.http.request(method, f"/api/v1/{path}", body, headers)
            answer = self.http.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException) as cut:
            self.http.close()
            raise ConnectionError from cut

    def post(self, path, content):
        return self.ask("POST", path, content)

    def close(self):
        self.http.close()


class Desk:
    """The application in this process, asked as over HTTP."""

    def __init__(self, token):
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def post(self, path, content):
        answer = self.client.post(
            f"/api/v1/{path}", json.dumps(content), content_type="application/json"
        )
        return answer.status_code, answer.content.decode()

    def get(self, path):
        answer = self.client.get(f"/api/v1/{path}")
        return answer.status_code, answer.content.decode()


class Hand:
    """Somebody who weighs, labels and sells as the dice say, and keeps every answer."""

    def __init__(self, token, till, seed):
        self.token, self.till = token, till
        self.dice = random.Random(seed)  # noqa: S311  # a made-up day, not a secret
        self.codes: list[str] = []
        self.acknowledged: dict[str, tuple[str, Content, str]] = {}
        self.unanswered: list[tuple[str, Content]] = []
        self.refused: list[tuple[int, str]] = []

    def entry(self) -> tuple[str, Content]:
        made = self.dice.choices([self.intake, self.sale, self.label], [50, 30, 20])[0]()
        return made[0], {"id": str(UUID(int=self.dice.getrandbits(128), version=4)), **made[1]}

    def intake(self):
        lines = [self._grams("MOB"), self._grams("TEX")]
        return "collection/intakes", {"site": "canal", "mode": "drop_off", "lines": lines}

    def label(self):
        return "inventory/items", {"site": "canal", **self._grams("MOB", 9_000)}

    def sale(self):
        cents = self.dice.randint(1, 9_999)
        if self.codes:
            line = {"item": self.codes.pop(), "price_cents": cents}
        else:
            line = {"quantity": 1, "price_cents": cents, **self._grams("MOB")}
        paid = [{"method": "cash", "amount_cents": cents}]
        return "sales/sales", {"till": self.till, "lines": [line], "payments": paid}

    def _grams(self, category, most=90_000):
        return {"category": category, "weight_g": self.dice.randint(1, most)}

    def send(self, line: Line) -> bool:
        """Send one more entry; whether it was answered."""
        path, content = self.entry()
        try:
            status, body = line.post(path, content)
        except OSError:
            self.unanswered.append((path, content))
            return False
        if status in STATUSES_OF_YES:
            self.acknowledged[content["id"]] = path, content, body
            if path == "inventory/items":
                self.codes.append(json.loads(body)["code"])
        else:
            self.refused.append((status, body))
            self.unanswered.append((path, content))
        return True

    def work(self, address, is_over=lambda: False):
        """Send until the server is gone; breathe where it says no."""
        with closing(Line(address, self.token)) as line:
            while not is_over() and self.send(line):
                if self.refused:
                    time.sleep(0.05)
