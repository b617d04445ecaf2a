"""Where static files come from, and how they are hashed and compressed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import fontpkg_atkinson_hyperlegible as typeface
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STATION_IMPORTS = (
    "station/*.js",
    ((r"""(?P<matched>from\s*["'](?P<url>\./[^"']+)["'])""", 'from "%(url)s"'),),
)


class StationStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Hash and compress static files, following the imports between a station's modules.

    Only ours are followed: Django's own aggregation reads every script and fails on a comment in
    a third party's.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, STATION_IMPORTS)
    max_post_process_passes = 30  # one for each module that stands on another


class FontFinder(BaseFinder):
    """Find the pages' typeface, regular and bold, in its installed package, under ``fonts/``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        root = Path(typeface.ROOT)
        folders = {
            "AtkinsonHyperlegible-Regular.ttf": root / "files",
            "AtkinsonHyperlegible-Bold.ttf": root / "files",
            "LICENSE": root,
        }
        self.storages = {name: FileSystemStorage(location=at) for name, at in folders.items()}
        for storage in self.storages.values():
            storage.prefix = "fonts"  # type: ignore[attr-defined]  # read by collectstatic

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the absolute path of a font file, or a list of none or one with `find_all`."""
        folder, _, name = path.rpartition("/")
        if folder != "fonts" or name not in self.storages:
            return []
        found = self.storages[name].path(name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Yield each font file's name and the storage it lies in."""
        yield from self.storages.items()
