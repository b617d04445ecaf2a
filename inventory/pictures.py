"""Pictures made safe: what somebody sends becomes a small JPEG of ours, or is refused.

What is judged is the header, before a single dot is decoded: a file of a few kilobytes may claim
to hold gigabytes of them.
"""

import io
import warnings
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 1_800_000  # as sent; a browser's own 1600 dots take a quarter of it
LONGEST = 1600
MAX_DOTS = {"JPEG": 60_000_000, "PNG": 8_000_000, "WEBP": 8_000_000}  # JPEG is read scaled down
QUALITY = 80
ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}


class Picture(NamedTuple):
    """A JPEG without anything but its dots."""

    content: bytes
    width: int
    height: int


def made_safe(data: bytes) -> Picture:
    """Return ``data`` as a JPEG of at most 1600 dots a side, upright, without metadata.

    Raises ValidationError ``picture_too_large``, ``not_a_picture``.
    """
    from PIL import Image, ImageOps

    if len(data) > MAX_BYTES:
        raise _too_large()
    opened = _opened(data)
    try:
        opened.draft("RGB", (LONGEST, LONGEST))
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((LONGEST, LONGEST))
        drawn = _on_paper(upright)
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError) as broken:
        raise _not_a_picture() from broken
    out = io.BytesIO()
    drawn.info.clear()  # a comment would go along
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), *drawn.size)


def _opened(data: bytes) -> "Image":
    """The picture by its header alone; refused by its kind, its claim, or what hangs behind it."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(data), formats=list(MAX_DOTS))
    except Image.DecompressionBombError as claim:
        raise _too_large() from claim
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as unknown:
        raise _not_a_picture() from unknown
    kind = str(opened.format)
    if opened.width * opened.height > MAX_DOTS.get(kind, 0):
        raise _too_large()
    if not _is_whole(kind, data):
        raise _not_a_picture()
    return opened


def _is_whole(kind: str, data: bytes) -> bool:
    """Whether the file ends where its picture does: a second file often hangs behind."""
    if kind == "WEBP":
        return len(data) == int.from_bytes(data[4:8], "little") + 8
    return data.endswith(ENDS[kind])


def _on_paper(picture: "Image") -> "Image":
    """Without transparency: a JPEG knows none."""
    from PIL import Image

    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, "white")
    clear = picture.convert("RGBA")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def _too_large() -> ValidationError:
    return ValidationError(
        _("This picture is too large: take it again, or send a smaller one."),
        code="picture_too_large",
    )


def _not_a_picture() -> ValidationError:
    return ValidationError(
        _("This is no picture that can be kept: a JPEG, PNG or WebP is expected."),
        code="not_a_picture",
    )
