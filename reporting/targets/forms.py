"""What people fill in to set a target."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organisation.models import Organisation, Site, User
from reporting.indicators import ALL
from reporting.models import Target
from reporting.targets.amounts import scale_of

CEILINGS = (("", _("to be reached")), ("1", _("not to be passed")))


class TargetForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whose target, of which year and indicator, and how much; typed in the indicator's unit."""

    site = forms.ChoiceField(label=_("Whose"), required=False)
    indicator = forms.ChoiceField(label=_("Indicator"))
    typed = forms.CharField(
        label=_("Target"),
        max_length=24,
        help_text=_("In the unit that the indicator's name ends with."),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "n"}),
    )
    ceiling = forms.ChoiceField(label=_("It is"), required=False, choices=CEILINGS)

    class Meta:
        model = Target
        fields = ("year",)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        assert user.organisation is not None  # noqa: S101 (pages are for members)
        self.sites = {site.code: site for site in Site.objects.permitted(user, "govern")}
        self.organisation: Organisation = user.organisation
        self.whose = dict(self._whose())
        self.fields["site"].choices = list(self.whose.items())  # type: ignore[attr-defined]
        self.fields["indicator"].choices = _indicators()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial.update(self._told())
            for name in ("site", "year", "indicator"):
                self.fields[name].disabled = True

    def clean_site(self) -> str:
        """Raises ValidationError ``required``: not everybody may mean the whole structure."""
        code: str = self.cleaned_data["site"]
        if code not in self.whose:
            raise ValidationError(_("Choose a site."), code="required")
        return code

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``bad_amount``, ``too_precise``, ``target_twice``."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if "indicator" in said and "typed" in said:
            try:
                scale = scale_of(ALL[said["indicator"]].unit)
                self.instance.amount = scale.parse(said["typed"])
            except ValidationError as refusal:
                self.add_error("typed", refusal)
        if not self.errors:
            self._place(said)
        return said

    def _place(self, said: dict[str, Any]) -> None:
        target = self.instance
        target.organisation, target.site = self.organisation, self.sites.get(said["site"])
        target.indicator, target.is_ceiling = said["indicator"], bool(said["ceiling"])
        others = Target.objects.exclude(pk=target.pk).filter(
            organisation=target.organisation, site=target.site, year=said["year"]
        )
        if others.filter(indicator=target.indicator).exists():
            text = _("There is a target for this indicator and year already: change that one.")
            self.add_error("indicator", ValidationError(text, code="target_twice"))

    def _whose(self) -> list[tuple[str, Any]]:
        """The structure, for who governs all of it, and its sites."""
        sites = [(code, site.name) for code, site in self.sites.items()]
        is_whole = self.organisation.sites.count() == len(sites)
        return [*([("", self.organisation.name)] if is_whole else []), *sites]

    def _told(self) -> dict[str, Any]:
        target = self.instance
        indicator = ALL.get(target.indicator)
        return {
            "site": target.site.code if target.site else "",
            "indicator": target.indicator,
            "typed": scale_of(indicator.unit).typed(target.amount) if indicator else target.amount,
            "ceiling": "1" if target.is_ceiling else "",
        }


def _indicators() -> list[tuple[str, str]]:
    """Every indicator, its unit after its name."""
    found = []
    for code, indicator in ALL.items():
        word = scale_of(indicator.unit).word
        found.append((code, f"{indicator.name} ({word})" if word else str(indicator.name)))
    return found
