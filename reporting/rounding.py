"""Published shares and percentages from grams: integers all the way, no float."""

from collections.abc import Mapping

from inventory.shares import shares

# What is published, and which fates each share groups, in the order that settles the last tie.
PUBLISHED = {
    "reuse": ("reuse",),
    "recycling": ("recycling", "other_recovery"),
    "disposal": ("energy", "disposal"),
}
FATES = tuple(fate for group in PUBLISHED.values() for fate in group)
RECOVERED = ("reuse", "recycling")


def published_shares(fates_g: Mapping[str, int], hundred: int = 100) -> dict[str, int] | None:
    """Return the three published shares of the grams by fate, adding up to ``hundred``."""
    if min(fates_g[fate] for fate in FATES) < 0:
        return None
    split = shares([_group_g(fates_g, name) for name in PUBLISHED], hundred)
    return dict(zip(PUBLISHED, split, strict=True)) if split else None


def fate_shares(fates_g: Mapping[str, int], hundred: int = 100) -> dict[str, int] | None:
    """Return the five shares of the grams by fate; each group adds up to its published share."""
    published = published_shares(fates_g, hundred)
    if published is None:
        return None
    split: dict[str, int] = {}
    for name, group in PUBLISHED.items():
        parts = shares([fates_g[fate] for fate in group], published[name])
        split |= dict(zip(group, parts or [0] * len(group), strict=True))
    return split


def recovery_rate(fates_g: Mapping[str, int]) -> str | None:
    """Return reuse, recycling and other recovery as a percentage of what left, from grams."""
    if min(fates_g[fate] for fate in FATES) < 0:
        return None
    recovered_g = sum(_group_g(fates_g, name) for name in RECOVERED)
    return percent(recovered_g, sum(fates_g[fate] for fate in FATES))


def of_collected(fates_g: Mapping[str, int], collected_g: int) -> dict[str, str] | None:
    """Return each published part as a percentage of what was collected, and their rate.

    The rate is the sum of its printed parts, so that a reader can add them up. The parts need
    not reach 100: stock lies between the two doors.
    """
    if collected_g <= 0 or min(fates_g[fate] for fate in FATES) < 0:
        return None
    printed = {name: _tenths(_group_g(fates_g, name), collected_g) for name in PUBLISHED}
    printed["recovery_rate"] = sum(printed[name] for name in RECOVERED)
    return {name: _one_decimal(tenths) for name, tenths in printed.items()}


def quality(methods_g: Mapping[str, int]) -> dict[str, int] | None:
    """Return the share of each weighing method in hundredths, a negative net counting as 0."""
    split = shares([max(grams, 0) for grams in methods_g.values()]) if methods_g else None
    return dict(zip(methods_g, split, strict=True)) if split else None


def percent(part_g: int, base_g: int) -> str | None:
    """Return a percentage with one decimal, half up, as ``"91.1"``; None without a base."""
    if base_g <= 0 or part_g < 0:
        return None
    return _one_decimal(_tenths(part_g, base_g))


def ratio(part: int, base: int) -> int | None:
    """Return ``part`` ÷ ``base`` as a whole number, half up; None without a base."""
    return (2 * part + base) // (2 * base) if base > 0 else None


def change(now: int, was: int) -> str | None:
    """Return by how many percent it grew, with its sign, as ``"+2.6"``; None without a base."""
    if was <= 0:
        return None
    tenths = _tenths(abs(now - was), was)
    sign = "" if not tenths else "+" if now > was else "-"
    return f"{sign}{_one_decimal(tenths)}"


def _group_g(fates_g: Mapping[str, int], name: str) -> int:
    return sum(fates_g[fate] for fate in PUBLISHED[name])


def _tenths(part_g: int, base_g: int) -> int:
    return (2000 * part_g + base_g) // (2 * base_g)


def _one_decimal(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
