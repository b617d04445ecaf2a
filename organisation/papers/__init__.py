"""Papers that leave the house: typeset by Typst, all in one hand."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent  # templates import "/organisation/papers/…"


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
