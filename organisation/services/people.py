"""Who signs in, with which roles and keys: what spans several rows."""

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation.models import Membership, Organisation, Site, Token, User
from organisation.permissions import Role

Grant = tuple[Site | None, str]  # a role, at one site or at all of them

# Whose rights changed, and who changed them; called in the same transaction.
Heard = Callable[[User, User | None], None]
_hearing: list[Heard] = []
# Who signs out; called in the same transaction.
Left = Callable[[User], None]
_hearing_of_leaving: list[Left] = []

_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no l, i, o, 0 or 1: it is read aloud


def hear_of_rights(heard: Heard) -> None:
    """Let a room above note each change of somebody's rights."""
    if heard not in _hearing:
        _hearing.append(heard)


def hear_of_leaving(heard: Left) -> None:
    """Let a room above note that somebody signs out."""
    if heard not in _hearing_of_leaving:
        _hearing_of_leaving.append(heard)


@transaction.atomic
def leave(*, person: User) -> None:
    """Tell the rooms above that ``person`` signs out; the caller ends the session."""
    for heard in _hearing_of_leaving:
        heard(person)


def _tell(person: User, by: User | None) -> None:
    person.__dict__.pop("grants", None)
    for heard in _hearing:
        heard(person, by)


def new_password() -> str:
    """A password to hand over: twelve legible signs, about 59 bits."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(3))


def reaches(by: User, person: User) -> bool:
    """Whether ``by`` manages people at every site where ``person`` holds a role."""
    sites = by.sites_allowing("manage_people")
    if not sites or by.organisation_id != person.organisation_id:
        return False
    return None in sites or {site for site, _role in person.grants} <= sites


@transaction.atomic
def add_person(*, person: User, password: str, grants: Collection[Grant], by: User) -> User:
    """Save a new person of ``by``'s structure, with roles.

    Raises ValidationError ``unique``, ``beyond_reach`` or ``other_structure``.
    """
    person.organisation = by.organisation
    person.set_password(password)
    person.full_clean()
    person.save()
    change_roles(person=person, grants=grants, by=by)
    return person


@transaction.atomic
def change_roles(*, person: User, grants: Collection[Grant], by: User) -> None:
    """Give ``person`` these roles and no others.

    Raises ValidationError ``beyond_reach``, ``other_structure`` or ``last_director``.
    """
    reach = by.sites_allowing("manage_people")
    held = {(row.site_id, row.role): row for row in person.memberships.all()}
    wanted = {(site.pk if site else None, role): site for site, role in grants}
    changed = held.keys() ^ wanted.keys()
    if None not in reach and any(site not in reach for site, _role in changed):
        raise ValidationError(
            _("You manage people at some sites only, and this is another."), code="beyond_reach"
        )
    with _keeping_a_director(by.organisation):
        for key in held.keys() - wanted.keys():
            held[key].delete()
        for key in wanted.keys() - held.keys():
            row = Membership(user=person, site=wanted[key], role=key[1])
            row.full_clean()
            row.save()
    if changed:
        _tell(person, by)


@transaction.atomic
def set_active(*, person: User, is_active: bool, by: User | None = None) -> None:
    """Let a person sign in, or no longer; their keys end with it.

    Raises ValidationError ``last_director``.
    """
    with _keeping_a_director(person.organisation):
        person.is_active = is_active
        person.save(update_fields=["is_active"])
    if not is_active:
        person.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    _tell(person, by)


@transaction.atomic
def revoke_token(*, token: Token) -> None:
    """End a key to the API; one that has ended keeps its first end."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


@contextmanager
def _keeping_a_director(organisation: Organisation | None) -> Iterator[None]:
    """Refuse what leaves nobody to direct the structure. Raises ``last_director``."""
    if organisation is not None:  # one change at a time, or two could each count on the other
        Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = _directed(organisation)
    yield
    if any(had and not has for had, has in zip(before, _directed(organisation), strict=True)):
        raise ValidationError(
            _("Somebody must remain director: name another one first."), code="last_director"
        )


def _directed(organisation: Organisation | None) -> tuple[bool, bool]:
    """Whether somebody who can sign in directs every site, and any site at all."""
    directors = Membership.objects.filter(
        user__organisation=organisation, user__is_active=True, role=Role.DIRECTOR
    )
    return directors.filter(site=None).exists(), directors.exists()
