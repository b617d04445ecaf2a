"""A tablet that holds a till, as its own program would write: none of the server's code."""

import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

from django.test import Client

from organisation.models import Station
from organisation.services import invite, pair
from organisation.stations import COOKIE, pass_of

PATHS = {
    "session_open": "sales/tills/{till}/sessions",
    "cash_move": "sales/tills/{till}/cash-moves",
    "close_day": "sales/tills/{till}/closings",
    "sale": "sales/sales",
}


def text_of(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Device:
    """``Device(site, person).hold("C1")``, then ``.sale(…)``, ``.send()``."""

    def __init__(self, site, person, name="Caisse"):
        station = Station(site=site, name=name)
        self.station, self.secret = pair(code=invite(station=station))
        self.person = person
        self.queue = []

    def post(self, to, /, **content):
        """Post JSON in the name of whoever stands there."""
        content = {"id": str(uuid4()), **content}
        return self.client.post(
            f"/api/v1/{to}",
            json.dumps(content),
            content_type="application/json",
            headers=self.headers,
        )

    @property
    def client(self):
        """A client for each request: races share none."""
        client = Client()
        client.cookies[COOKIE] = self.secret
        return client

    @property
    def headers(self):
        return {"Authorization": f"Tablet {pass_of(self.station, self.person)}"}

    def hold(self, till="C1"):
        """Take the till; know where the server stands."""
        answer = self.post(f"sales/tills/{till}/lease")
        assert answer.status_code == 201, answer.json()
        self.till, self.told = till, answer.json()
        self.seq, self.prev = self.told["next_seq"], self.told["prev_hash"]
        self.count = int(self.told["next_number"].rpartition("-")[2])
        return self

    # What it writes down

    def write(self, kind, payload, total=None, at=None, path=None, spoilt=()):
        """Seal an act and keep it: ``(path, content)``. ``spoilt`` goes into the body."""
        at = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        payload = {"id": str(uuid4()), **payload}
        is_ticket = kind in ("sale", "refund")
        body = {
            "v": 1,
            "till": self.till,
            "lease": self.told["lease"],
            "seq": self.seq,
            "number": f"{self.till}-{self.count:06d}" if is_ticket else None,
            "kind": kind,
            "id": payload["id"],
            "at": at,
            "operator": None,
            "payload": payload,
            "total_cents": total,
            "prev": self.prev,
            **dict(spoilt),
        }
        text = text_of(body)
        sealed = hashlib.sha256(f"tracerie/envelope/1\n{self.prev}\n{text}".encode()).hexdigest()
        self.seq, self.prev, self.count = self.seq + 1, sealed, self.count + is_ticket
        content = {**payload, "envelope": {"body": text, "hash": sealed}}
        entry = (path or PATHS[kind].format(till=self.till), content)
        self.queue.append(entry)
        return entry

    def open(self, float_cents=10_000, **more):
        return self.write("session_open", {"float_cents": float_cents}, **more)

    def sale(self, *lines, total, paid=None, **more):
        payments = paid or [{"method": "cash", "amount_cents": total}]
        payload = {"till": self.till, "lines": list(lines), "payments": payments}
        return self.write("sale", payload, total, **more)

    def refund(self, sale, line, total, quantity=1, **more):
        payload = {"till": self.till, "method": "cash", "reason": "trop petit"}
        payload["lines"] = [{"line": line, "quantity": quantity}]
        path = f"sales/sales/{sale}/refunds"
        return self.write("refund", payload, total, path=path, **more)

    def move(self, cents, **more):
        return self.write("cash_move", {"amount_cents": cents, "reason": "purchase"}, **more)

    def close(self, pieces=None, **more):
        last = {"last_seq": more.pop("last_seq", self.seq - 1)}
        return self.write("close_day", {"counted": {"cash": pieces or {}}, **last}, **more)

    # And what leaves it

    def post_entry(self, entry):
        path, content = entry
        return self.post(path, **content)

    def send(self, expected=201):
        """Send what waits, in order; the answers."""
        answers = []
        while self.queue:
            answer = self.post_entry(self.queue.pop(0))
            assert answer.status_code == expected, answer.json()
            answers.append(answer.json())
        return answers


def mob(cents=1_000, **more):
    return {"category": "MOB", "price_cents": cents, **more}
