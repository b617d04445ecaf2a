"""Repairs and photos over HTTP."""

import base64
import binascii
from typing import Annotated, Literal, Self

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema
from pydantic import StringConstraints

from inventory import services
from inventory.api.documents import router
from inventory.api.items import Condition
from inventory.models import Item, Movement, Photo, Repair
from inventory.models.workshop import repairs_of
from inventory.pictures import MAX_BYTES, Picture, made_safe
from organisation.doors import May, Permitted, caller, require
from organisation.models import Submission
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, WRITE_ERRORS, Id, Name, PastInstant, Shape, Text
from organisation.submissions import once


class RepairIn(Shape):
    id: Id
    act: Literal["test", "cleaning", "repair", "part", "upcycling"]
    minutes: Annotated[int, Field(strict=True, ge=0, le=Repair.MAX_MINUTES)] = 0
    parts: Name = ""
    result: Literal["works", "continues", "parts_only", "beyond_repair"]
    condition: Condition | None = None
    comment: Text = ""
    occurred_at: PastInstant | None = None


class RepairOut(Schema):
    id: str
    item: str
    act: str
    minutes: int
    parts: str
    result: str
    comment: str
    occurred_at: str

    @classmethod
    def of(cls, repair: Repair, code: str) -> Self:
        return cls(
            id=str(repair.submission.uuid),
            item=code,
            act=repair.act,
            minutes=repair.minutes,
            parts=repair.parts,
            result=repair.result,
            comment=repair.note,
            occurred_at=repair.occurred_at.isoformat(),
        )


class Repairs(Schema):
    items: list[RepairOut]


REPAIRED = {201: RepairOut, 200: RepairOut, **WRITE_ERRORS}


@router.post("items/{code}/repairs", auth=May("label"), response=REPAIRED)
def create_repair(request: CallerRequest, code: Permitted[Item], payload: RepairIn) -> HttpResponse:
    """Note a test or a repair of an object, and the condition it is in now."""
    _require_here(request, code)

    def record(submission: Submission) -> RepairOut:
        repair = Repair(
            submission=submission,
            item=code,
            act=payload.act,
            minutes=payload.minutes,
            parts=payload.parts,
            result=payload.result,
            note=payload.comment,
            occurred_at=payload.occurred_at or timezone.now(),
            author=caller(request),
        )
        services.note_repair(repair=repair, condition=payload.condition)
        return RepairOut.of(repair, code.own_code)

    return once(request, payload.id, record)


@router.get("items/{code}/repairs", auth=May("read_stock"), response={200: Repairs, **READ_ERRORS})
def list_repairs(request: CallerRequest, code: Permitted[Item]) -> Repairs:
    """What the workshop did to an object, oldest first."""
    return Repairs(items=[RepairOut.of(repair, code.own_code) for repair in repairs_of(code)])


def _require_here(request: HttpRequest, item: Item) -> None:
    """Refuse whoever may not act where the object lies."""
    if item.account is not None:
        require(request, item.account.site)


class PhotoIn(Shape):
    """A picture in base64: JPEG, PNG or WebP."""

    id: Id
    picture: Annotated[str, StringConstraints(max_length=4 * MAX_BYTES // 3 + 4)]

    def made_safe(self) -> Picture:
        """Raises ValidationError ``not_a_picture``, ``picture_too_large``."""
        try:
            data = base64.b64decode(self.picture, validate=True)
        except (binascii.Error, ValueError) as broken:
            raise ValidationError(
                _("This is no picture that can be kept: a JPEG, PNG or WebP is expected."),
                code="not_a_picture",
            ) from broken
        return made_safe(data)


class PhotoOut(Schema):
    id: str
    href: str
    width: int
    height: int

    @classmethod
    def of(cls, photo: Photo) -> Self:
        href = reverse("photo", args=[photo.pk])
        uuid = str(photo.submission.uuid)
        return cls(id=uuid, href=href, width=photo.width, height=photo.height)


PHOTO = {201: PhotoOut, 200: PhotoOut, **WRITE_ERRORS}


@router.post("items/{code}/photos", auth=May("label"), response=PHOTO)
def create_item_photo(
    request: CallerRequest, code: Permitted[Item], payload: PhotoIn
) -> HttpResponse:
    """Keep a photo of an object."""
    _require_here(request, code)
    return _kept(request, payload, item=code)


@router.post("movements/{number}/photos", auth=May("ship"), response=PHOTO)
def create_document_photo(
    request: CallerRequest, number: Permitted[Movement], payload: PhotoIn
) -> HttpResponse:
    """Keep a photo of a document's paper, such as the slip of a departure."""
    return _kept(request, payload, movement=number)


def _kept(
    request: CallerRequest,
    payload: PhotoIn,
    item: Item | None = None,
    movement: Movement | None = None,
) -> HttpResponse:
    picture = payload.made_safe()

    def record(submission: Submission) -> PhotoOut:
        photo = Photo(submission=submission, item=item, movement=movement, author=caller(request))
        return PhotoOut.of(services.keep_photo(photo=photo, picture=picture))

    return once(request, payload.id, record)
