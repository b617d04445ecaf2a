"""Item codes: five characters and one check over 31 signs, 31 being prime.

With weights 2 to 6 and 1 for the check, Σ weight × value ≡ 0 (mod 31): any one wrong character,
and any two swapped, gives another remainder. Source: docs/glossary.md#item-code.
"""

import re
import secrets
from itertools import combinations

LENGTH = 6
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
WEIGHTS = (2, 3, 4, 5, 6, 1)
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "Z": "2"})
_BETWEEN = re.compile(r"[\s-]")
_BEHIND = re.compile(r"[?#].*", re.DOTALL)


def check_character(stem: str) -> str:
    """Return the sixth character of a code from its first five."""
    total = sum(w * ALPHABET.index(sign) for w, sign in zip(WEIGHTS, stem, strict=False))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Whether ``code`` is six known characters whose check is right."""
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return False
    return check_character(code[:5]) == code[5]


def normalise(text: str) -> str:
    """Read a typed or scanned code: last segment of an address, capitals, O as 0, I and L as 1."""
    last = _BEHIND.sub("", text).strip().rstrip("/").rpartition("/")[2]
    return _BETWEEN.sub("", last).upper().translate(_READ_AS)


def near(code: str) -> list[str]:
    """Return the right codes that are one slip of ``code``: one sign replaced, or two swapped.

    Each place has exactly one sign that makes the check fit: at most six, and the swaps.
    """
    signs = list(code)
    slips = [[*signs[:n], sign, *signs[n + 1 :]] for n in range(LENGTH) for sign in ALPHABET]
    for one, other in combinations(range(LENGTH), 2):
        swapped = signs.copy()
        swapped[one], swapped[other] = signs[other], signs[one]
        slips.append(swapped)
    return sorted({slip for slip in map("".join, slips) if slip != code and is_valid(slip)})


def new_code() -> str:
    """Return a random code; whether it is free is for the database to say."""
    stem = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return stem + check_character(stem)
