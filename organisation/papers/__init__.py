"""Papers that leave the house: typeset by Typst, all in one hand."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from organisation.models import Organisation

ROOT = Path(__file__).resolve().parent.parent.parent  # templates import "/organisation/papers/…"


def sender(organisation: "Organisation", *names: str) -> list[str]:
    """Whose paper it is: the structure, names below it such as a site's, and its SIRET."""
    siret = organisation.siret
    return [organisation.name, *names, f"SIRET {siret}" if siret else ""]


def typeset(
    template: Path,
    given: dict[str, Any],
    *,
    standards: Sequence[Literal["ua-1"]] = (),
    timestamp: int = 0,
) -> bytes:
    """Return ``template`` as a PDF (tagged); it reads ``given`` as ``paper.given``.

    ``standards`` are those that it must meet, such as ``ua-1``; ``timestamp`` its date, in seconds.
    """
    import fontpkg_atkinson_hyperlegible as typeface
    import typst

    return typst.compile(
        template,
        root=ROOT,
        font_paths=[Path(typeface.ROOT) / "files"],
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps(given)},
        pdf_standards=list(standards),
        timestamp=timestamp,
    )
