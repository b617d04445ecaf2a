"""Papers that leave the house: typeset by Typst, all in one hand."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from organisation.models import Organisation

ROOT = Path(__file__).resolve().parent.parent.parent  # templates import "/organisation/papers/…"


def sender(organisation: "Organisation", *names: str) -> list[str]:
    """Whose paper it is: the structure, names below it such as a site's, and its SIRET."""
    siret = organisation.siret
    return [organisation.name, *names, f"SIRET {siret}" if siret else ""]


def typeset(template: Path, given: dict[str, Any]) -> bytes:
    """Return ``template`` as a PDF (tagged); it reads ``given`` as ``paper.given``."""
    import fontpkg_atkinson_hyperlegible as typeface
    import typst

    return typst.compile(
        template,
        root=ROOT,
        font_paths=[Path(typeface.ROOT) / "files"],
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps(given)},
        timestamp=0,
    )
