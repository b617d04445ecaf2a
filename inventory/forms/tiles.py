"""Which categories a site's screens show first, as a page posts it: codes, and what to do first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inventory.models import Category

Codes = list[str]


def _moved(codes: Codes, code: str, by: int) -> Codes:
    at = codes.index(code) + by
    rest = [other for other in codes if other != code]
    return [*rest[: max(at, 0)], code, *rest[max(at, 0) :]]


DOES: dict[str, Callable[[Codes, str], Codes]] = {
    "up": lambda codes, code: _moved(codes, code, -1),
    "down": lambda codes, code: _moved(codes, code, 1),
    "hide": lambda codes, code: [other for other in codes if other != code],
}


class TilesForm:
    """The order that was posted, and one step that a button asks for; others' codes are ignored."""

    def __init__(self, data: Any, tops: Sequence[Category], chosen: Mapping[int, int]) -> None:
        self.tops = {top.code: top for top in tops}
        self.step = data.get("do", "") if data else ""
        known = [top.code for top in tops if top.pk in chosen]
        self.codes = self._after(self._posted(data) if data else known)

    @property
    def first(self) -> list[Category]:
        return [self.tops[code] for code in self.codes]

    @property
    def rest(self) -> list[Category]:
        return [top for code, top in self.tops.items() if code not in self.codes]

    def _posted(self, data: Any) -> Codes:
        return [code for code in dict.fromkeys(data.getlist("tile")) if code in self.tops]

    def _after(self, codes: Codes) -> Codes:
        do, _colon, code = self.step.partition(":")
        if do == "show" and code in self.tops and code not in codes:
            return [*codes, code]
        return DOES[do](codes, code) if do in DOES and code in codes else codes
