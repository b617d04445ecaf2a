"""Names of people as they are looked for, whatever their accents and capitals."""

import unicodedata


def plain(text: str) -> str:
    """Small letters without accents, single spaces between words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = (each for each in letters if not unicodedata.combining(each))
    return " ".join("".join(each if each.isalnum() else " " for each in bare).split())


def holds(name: str, sought: str) -> bool:
    """Whether ``name`` holds every word of ``sought``, of which there is one."""
    words, said = plain(sought).split(), plain(name)
    return bool(words) and all(word in said for word in words)
