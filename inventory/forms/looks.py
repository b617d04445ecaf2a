"""Pictures and colours by which people tell things apart, and how they are chosen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

CONTAINER_ICONS = (
    ("shopping-cart", _("trolley")),
    ("container", _("roll cage")),
    ("box", _("crate")),
    ("package", _("small crate")),
    ("baggage-claim", _("hand truck")),
    ("shopping-basket", _("basket")),
    ("grid-3x3", _("mesh cage")),
)
MODE_ICONS = (
    ("hand-heart", _("gift")),
    ("house", _("home")),
    ("truck", _("lorry")),
    ("recycle", _("recycling")),
    ("building-2", _("company")),
    ("handshake", _("partner")),
    ("circle-ellipsis", _("other")),
)
CATEGORY_ICONS = (
    ("", _("as above")),
    ("shirt", _("shirt")),
    ("armchair", _("armchair")),
    ("bed-double", _("bed")),
    ("cooking-pot", _("pot")),
    ("book-open", _("book")),
    ("toy-brick", _("toy")),
    ("puzzle", _("puzzle")),
    ("amphora", _("vase")),
    ("lamp-desk", _("lamp")),
    ("plug", _("plug")),
    ("washing-machine", _("washing machine")),
    ("laptop", _("computer")),
    ("disc-3", _("vinyl")),
    ("guitar", _("guitar")),
    ("hammer", _("hammer")),
    ("brick-wall", _("bricks")),
    ("package", _("parcel")),
    ("boxes", _("assorted")),
)
COLOURS = (
    ("", _("as above")),
    ("tex", _("pink")),
    ("mob", _("orange")),
    ("bij", _("ochre")),
    ("jou", _("yellow")),
    ("ele", _("green")),
    ("vel", _("mint")),
    ("vai", _("turquoise")),
    ("inf", _("sky blue")),
    ("liv", _("blue")),
    ("med", _("violet")),
    ("bib", _("mauve")),
    ("div", _("grey")),
)


class LookSelect(forms.RadioSelect):
    """A choice drawn as pictures: ``look`` is ``"icon"`` or ``"colour"``."""

    def __init__(self, look: str) -> None:
        super().__init__()
        self.look = look


def icon_field(icons: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Icon"), choices=icons, required=False, widget=LookSelect("icon")
    )
