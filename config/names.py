"""Finds what an imported file names, by code or by name; makes what is missing when told to."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from inventory.models import Category, CollectionMode, Origin, Partner, Place
from organisation.models import Organisation, Site

T = TypeVar("T")
LONGEST_NAME = 120


class Names:
    """The codes and names of one structure, read once per file."""

    def __init__(self, organisation: Organisation, *, create: bool) -> None:
        self.organisation = organisation
        self.create = create
        self.created: list[str] = []
        self._places: dict[int, dict[str, Place]] = {}

    def site(self, text: str) -> Site:
        """Raises ValidationError ``unknown_site`` or ``code_taken``."""
        return self._find("site", self._sites, text, self._new_site)

    def partner(self, text: str) -> Partner | None:
        """The public where nobody is named. Raises ValidationError ``unknown_partner``."""
        if not text:
            return None
        return self._find("partner", self._partners, text, self._owned(Partner, self._partners))

    def origin(self, text: str) -> Origin:
        """ "Not asked" where none is named. Raises ValidationError ``unknown_origin``."""
        if not text:
            return self._not_asked
        return self._find("origin", self._origins, text, self._owned(Origin, self._origins))

    def mode(self, text: str) -> CollectionMode:
        """Raises ValidationError ``unknown_mode``: modes are configured, never guessed."""
        return self._find("mode", self._modes, text, None)

    def category(self, text: str) -> Category:
        """Raises ValidationError ``unknown_category``: categories are configured, never guessed."""
        return self._find("category", self._categories, text, None)

    def place(self, site: Site, text: str) -> Place:
        """The site's main place where none is named. Raises ValidationError ``unknown_place``."""
        known = self._places.get(site.pk)
        if known is None:
            main = Place.objects.main(site)
            known = self._places[site.pk] = {**_index(site.places.all()), "": main}
        return self._find("place", known, text, lambda text: self._new_place(site, known, text))

    @cached_property
    def _sites(self) -> dict[str, Site]:
        return _index(self.organisation.sites.select_related("organisation"))

    @cached_property
    def _partners(self) -> dict[str, Partner]:
        return _index(Partner.objects.filter(organisation=self.organisation))

    @cached_property
    def _origins(self) -> dict[str, Origin]:
        return _index(Origin.objects.filter(organisation=self.organisation))

    @cached_property
    def _not_asked(self) -> Origin:
        return Origin.objects.not_asked(self.organisation.pk)

    @cached_property
    def _modes(self) -> dict[str, CollectionMode]:
        return _index(CollectionMode.objects.filter(organisation=self.organisation))

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return _index(Category.objects.of(self.organisation.pk))

    def _find(
        self,
        column: str,
        known: dict[str, T],
        text: str,
        make: Callable[[str], T] | None,
    ) -> T:
        found = known.get(text) or known.get(text.casefold())
        if found is not None:
            return found
        if not (make and self.create and text):
            raise ValidationError(
                _("“%(text)s” is not known."),
                code=f"unknown_{column}",
                params={"text": text[:80], "column": column},
            )
        if len(text) > LONGEST_NAME:
            raise ValidationError(
                _("A name has at most %(most)s signs."),
                code="name_too_long",
                params={"most": LONGEST_NAME, "column": column},
            )
        made = make(text)
        known |= _index([made])
        self.created.append(f"{column} {text}")
        return made

    def _new_site(self, text: str) -> Site:
        code = _code(text, {})
        if Site.objects.filter(code=code).exists():
            raise ValidationError(
                _("The code “%(text)s” is another structure's."),
                code="code_taken",
                params={"text": code, "column": "site"},
            )
        return Site.objects.create(organisation=self.organisation, code=code, name=text)

    def _owned(self, model: type[Any], known: Mapping[str, Any]) -> Callable[[str], Any]:
        return lambda text: model.objects.create(
            organisation=self.organisation, code=_code(text, known), name=text
        )

    def _new_place(self, site: Site, known: Mapping[str, Place], text: str) -> Place:
        if not site.tracks_places:
            site.tracks_places = True
            site.save(update_fields=["tracks_places"])
        return Place.objects.create(site=site, code=_code(text, known), name=text)


def _index(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows by code, exactly, and by name, whatever the capitals; a code wins."""
    found = list(rows)
    return {row.name.casefold(): row for row in found} | {row.code: row for row in found}


def _code(text: str, known: Mapping[str, Any]) -> str:
    """A free code that resembles ``text``."""
    stem = slugify(text)[:28].strip("-_") or "import"
    taken = {row.code for row in known.values()}
    codes = [stem, *(f"{stem}-{n}" for n in range(2, 100))]
    return next(code for code in codes if code not in taken)
