"""Exactly once: every write carries its sender's UUID and is recorded, and answered, one time.

The claim is the first write of the transaction and the answer its last, so a request that is
refused, or dies, leaves nothing behind and is judged afresh when it comes again.
"""

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _

from organisation.models import Organisation, Submission
from organisation.permissions import CallerRequest


class WritersQueue:
    """First come, first served. SQLite's own busy handler polls, and lets the last one win."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_busy = False

    def __enter__(self) -> None:
        with self._mutex:
            if not self._is_busy:
                self._is_busy = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *exc: object) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_busy = False


_queue = WritersQueue()


@contextmanager
def writing() -> Iterator[None]:
    """Hold the right to write: one transaction, in turn on SQLite."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with _queue, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


class ClaimedByAnotherError(Exception):
    pass


def digest_of(content: Any) -> str:
    """SHA-256 of the content as sorted JSON: the same facts give the same digest."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def facts_of(content: Any) -> Any:
    """What a request tells, without the envelope that a tablet may send it in."""
    if not isinstance(content, dict):
        return content
    return {key: value for key, value in content.items() if key != "envelope"}


def submit(
    *, claim: Submission, content: Any, record: Callable[[Submission], str]
) -> tuple[bool, str]:
    """Record a request exactly once; return ``(is_new, answer)``.

    ``claim`` says whose it is, its id, and what it was sent to. ``record`` does the writing and
    returns the answer to keep.
    Raises ValidationError ``id_reused`` when the id was used for something else.
    """
    claim.digest = digest_of(facts_of(content))
    try:
        with writing():
            _insert(claim)
            answer = record(claim)
            _keep(claim, answer)
    except (ClaimedByAnotherError, ValidationError, PermissionDenied):
        # It is a replay, or a twin was recorded while this one was judged.
        if stored := Submission.objects.answered(claim.organisation, claim.uuid):
            return False, _replay(stored, claim)
        raise
    return True, answer


def claim_of(request: CallerRequest, uuid: UUID, organisation: Organisation) -> Submission:
    """What a request asks to record: its id, its address, and the tablet that it came from."""
    return Submission(
        organisation=organisation, uuid=uuid, endpoint=request.path, station=request.station
    )


def once(request: CallerRequest, uuid: UUID, record: Callable[[Submission], Any]) -> HttpResponse:
    """Answer an API request exactly once: 201 at first, 200 and the same body on a replay."""
    is_new, answer = submit(
        claim=claim_of(request, uuid, request.user.organisation),  # type: ignore[arg-type]
        content=json.loads(request.body),
        record=lambda submission: record(submission).model_dump_json(),
    )
    return HttpResponse(answer, status=201 if is_new else 200, content_type="application/json")


# What reading a body may end in where it is no entry: refused before anybody had judged its shape.
NO_ENTRY = (
    ValueError,
    TypeError,
    LookupError,
    RecursionError,
    RequestDataTooBig,
    RawPostDataException,
    UnreadablePostError,
)


def answered_before(request: HttpRequest) -> HttpResponse | None:
    """The answer that this very request had when it was recorded, or None.

    For what is refused before it reaches ``submit``: whoever sent it may work elsewhere since, or
    an object that it names be gone, yet it is recorded, and its sender never heard so.
    """
    organisation = getattr(request.user, "organisation", None)
    try:
        content = json.loads(request.body)
        uuid = UUID(str(content["id"]))
    except NO_ENTRY:
        return None
    stored = Submission.objects.answered(organisation, uuid) if organisation else None
    if stored is None or (stored.endpoint, stored.digest) != (
        request.path,
        digest_of(facts_of(content)),
    ):
        return None
    return HttpResponse(stored.answer, content_type="application/json")


def form_content(data: Mapping[str, Any], but: Collection[str] = ()) -> dict[str, str]:
    """What a posted form says, without what changes from one rendering to the next."""
    left_out = {"csrfmiddlewaretoken", *but}
    return {key: str(value) for key, value in data.items() if key not in left_out}


def form_uuid(request: CallerRequest) -> UUID:
    """The id a form was rendered with, or a new one: posted twice, it is recorded once."""
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid4()


def _insert(row: Submission) -> None:
    """Insert the submission or find that another transaction has: one statement, no race.

    Raises ClaimedByAnotherError.
    """
    fields = [f for f in Submission._meta.concrete_fields if not f.primary_key]
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO organisation_submission ({columns}) VALUES ({marks})"  # noqa: S608
            " ON CONFLICT (organisation_id, uuid) DO NOTHING RETURNING id",
            values,
        )
        inserted = cursor.fetchone()
    if inserted is None:
        raise ClaimedByAnotherError
    row.pk = inserted[0]


def _keep(submission: Submission, answer: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisation_submission SET answer = %s WHERE id = %s", [answer, submission.pk]
        )


def _replay(stored: Submission, claim: Submission) -> str:
    if (stored.endpoint, stored.digest) != (claim.endpoint, claim.digest):
        raise ValidationError(
            _("This identifier was already used for another entry. Nothing was recorded."),
            code="id_reused",
        )
    return stored.answer
