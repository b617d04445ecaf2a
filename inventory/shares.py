"""Whole shares that add up, by largest remainder: integers all the way, no float."""

from collections.abc import Sequence


def shares(parts: Sequence[int], whole: int = 100) -> list[int] | None:
    """Split ``whole`` in proportion to the parts by largest remainder, or None without a base.

    A tie goes to the larger part, then to the earlier one. None where the parts sum to 0 or
    one of them is negative.
    """
    base = sum(parts)
    if base <= 0 or min(parts) < 0:
        return None
    split = [whole * part // base for part in parts]
    if missing := whole - sum(split):
        rests = [whole * part % base for part in parts]
        for i in _claimants(rests, parts, missing):
            split[i] += 1
    return split


def _claimants(rests: Sequence[int], parts: Sequence[int], missing: int) -> list[int]:
    """The parts that are rounded up; bulk is shared out by the hundred thousand, ties are rare."""
    order = sorted(range(len(rests)), key=rests.__getitem__, reverse=True)
    if rests[order[missing - 1]] == rests[order[missing]]:
        order.sort(key=lambda i: (-rests[i], -parts[i], i))
    return order[:missing]
