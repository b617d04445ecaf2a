"""What is to be sent to the national register, what was, and what cannot be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.models import Movement
from organisation.models import Organisation, Submission, User
from reporting.models import Declaration, DeclarationFile, FileWithdrawal
from reporting.registers.lines import Outgoing, WasteLine
from reporting.registers.trackdechets import Cells, Reason, by_slip, cells_of, digest, reasons
from reporting.registers.validator import check_row
from reporting.registers.words import why

MOTIVES = {
    Declaration.Kind.NEW: "",
    Declaration.Kind.MODIFY: "MODIFIER",
    Declaration.Kind.CANCEL: "ANNULER",
}


@dataclass(frozen=True, slots=True)
class Sending:
    """A line to send: new, corrected or cancelled."""

    movement: Movement
    kind: Declaration.Kind
    cells: Cells
    line: WasteLine | None = None

    @property
    def row(self) -> Cells:
        """Its cells with the reason for which it is sent."""
        motive = MOTIVES[self.kind]
        return {"reason": motive, **self.cells} if motive else self.cells


@dataclass(frozen=True, slots=True)
class Unsent:
    """What is not sent as it is, and why."""

    movement: Movement
    reasons: Sequence[Reason]
    line: WasteLine | None = None


@dataclass(slots=True)
class Situation:
    """Every line of a period: to send, impossible to send, traced by a slip and so never to
    send, or sent already as it stands.
    """

    to_send: list[Sending] = field(default_factory=list)
    blocked: list[Unsent] = field(default_factory=list)
    traced: list[Unsent] = field(default_factory=list)
    as_sent: int = 0

    @property
    def to_fix(self) -> list[tuple[str, Reason, int]]:
        """Partner, reason and how many lines it stops: what stops most of them first."""
        stopped = Counter(
            (each.line.partner.name if each.line and each.line.partner else "", reason)
            for each in self.blocked
            for reason in each.reasons
            if reason.is_of_a_card
        )
        return [(who, reason, lines) for (who, reason), lines in stopped.most_common()]


def situation(outgoing: Outgoing, today: date) -> Situation:
    """Compare what left with what was declared of it; no line is left out."""
    declared, found = _declared(outgoing), Situation()
    for line in outgoing.lines():
        _judge(found, line, declared.pop(line.public_id, None), today)
    for last in declared.values():  # its waste code is another one now: so is its line
        _cancel(found, last, None, today)
    return found


def _declared(outgoing: Outgoing) -> dict[str, Declaration]:
    """Identifier → the last that was declared under it."""
    period = outgoing.period
    rows = Declaration.objects.standing().filter(
        movement__site__in=outgoing.scope.sites,
        movement__business_date__range=(period.start, period.end),
    )
    return {row.public_id: row for row in rows.select_related("movement__site")}


def _judge(found: Situation, line: WasteLine, last: Declaration | None, today: date) -> None:
    cells = cells_of(line)
    is_cancelled = last is not None and last.kind == Declaration.Kind.CANCEL
    if line.is_traced and (last is None or is_cancelled):
        found.traced.append(Unsent(line.movement, [by_slip(line)], line))
    elif is_cancelled:
        _back_again(found, line)
    elif last is not None and (line.is_cancelled or line.is_traced):
        _cancel(found, last, line, today)
    elif last is not None and last.digest == digest(cells):
        found.as_sent += 1
    elif wrong := reasons(line, cells, today):
        found.blocked.append(Unsent(line.movement, wrong, line))
    else:
        kind = Declaration.Kind.MODIFY if last else Declaration.Kind.NEW
        found.to_send.append(Sending(line.movement, kind, cells, line))


def _back_again(found: Situation, line: WasteLine) -> None:
    """Its cancellation was sent: done with, unless it stands again."""
    if line.is_cancelled:
        found.as_sent += 1
        return
    reason = Reason("id_cancelled", str(why("id_cancelled")))
    found.blocked.append(Unsent(line.movement, [reason], line))


def _cancel(found: Situation, last: Declaration, line: WasteLine | None, today: date) -> None:
    if last.kind == Declaration.Kind.CANCEL:
        found.as_sent += 1
        return
    wrong = [Reason(each.code, str(why(each.code))) for each in check_row(last.cells, today)]
    if wrong:
        found.blocked.append(Unsent(last.movement, wrong, line))
    else:
        kind = Declaration.Kind.CANCEL
        found.to_send.append(Sending(last.movement, kind, dict(last.cells), line))


@transaction.atomic
def declare(
    *, outgoing: Outgoing, today: date, author: User, submission: Submission
) -> DeclarationFile:
    """Make a file of all that is to send, and remember what it says.

    Raises ValidationError ``nothing_to_declare``.
    """
    one_at_a_time(submission.organisation)
    found = situation(outgoing, today).to_send
    if not found:
        raise ValidationError(_("There is nothing to declare."), code="nothing_to_declare")
    file = DeclarationFile.objects.create(
        submission=submission,
        organisation=submission.organisation,
        made_at=timezone.now(),
        author=author,
    )
    Declaration.objects.bulk_create(
        Declaration(
            file=file,
            movement_id=each.movement.pk,
            public_id=each.cells["publicId"],
            kind=each.kind,
            digest=digest(each.cells),
            cells=each.cells,
        )
        for each in found
    )
    return file


@transaction.atomic
def withdraw(*, file: DeclarationFile, author: User, submission: Submission) -> FileWithdrawal:
    """Say that a file was not sent, or was refused whole: its lines are to send again.

    Raises ValidationError ``already_withdrawn`` or ``file_not_last``.
    """
    one_at_a_time(submission.organisation)
    if FileWithdrawal.objects.filter(file=file).exists():
        raise ValidationError(_("This file is already withdrawn."), code="already_withdrawn")
    ids = file.lines.values("public_id")
    later = Declaration.objects.standing().filter(
        file__organisation=file.organisation_id, file__gt=file.pk, public_id__in=ids
    )
    if later.exists():
        raise ValidationError(
            _("A later file corrects lines of this one: withdraw that one first."),
            code="file_not_last",
        )
    return FileWithdrawal.objects.create(
        file=file, submission=submission, at=timezone.now(), author=author
    )


def file_rows(file: DeclarationFile) -> list[Mapping[str, str]]:
    """The rows of a file, as they were made ready."""
    return [
        {"reason": MOTIVES[Declaration.Kind(line.kind)], **line.cells}
        for line in file.lines.order_by("pk")
    ]


def one_at_a_time(organisation: Organisation) -> None:
    """Let nobody else of the structure declare or claim until this is written."""
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk))
