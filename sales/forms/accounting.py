"""Which sites and days the books are of, and which account each purpose goes to."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory.forms.entries import FIRST_DAY, day_input
from organisation.models import Site
from organisation.shapes import LAST_DAY
from sales.accounting.plan import BOOK, GROUPS, Account, Group, Plan, Purpose, named_twice

LONGEST_DAYS = 732  # two years and a leap day: more is no accounting period
NUMBER = re.compile(r"[1-7][0-9]{2}[0-9A-Z]{0,17}")
JOURNAL_CODE = re.compile(r"[0-9A-Z]{1,10}")


class BooksForm(forms.Form):
    """Sites, and the first and last business day."""

    start = forms.DateField(label=_("First day"), widget=day_input())
    end = forms.DateField(label=_("Last day"), widget=day_input())

    def __init__(self, *args: Any, sites: Mapping[str, Site], **options: Any) -> None:
        super().__init__(*args, **options)
        self.every = sites
        self.fields["site"] = forms.MultipleChoiceField(
            label=_("Sites"),
            required=False,
            choices=[(code, site.name) for code, site in sites.items()],
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``bad_period`` or ``period_too_long``."""
        cleaned = super().clean() or self.cleaned_data
        start: date | None = cleaned.get("start")
        end: date | None = cleaned.get("end")
        if not start or not end:
            return cleaned
        if not FIRST_DAY <= start <= end <= LAST_DAY:
            raise ValidationError(_("The first day is after the last."), code="bad_period")
        if (end - start).days > LONGEST_DAYS:
            raise ValidationError(_("Choose two years at most."), code="period_too_long")
        return cleaned

    @property
    def sites(self) -> list[Site]:
        """Those that were chosen; all of them where none was."""
        chosen = self.cleaned_data.get("site") or self.every
        return [self.every[code] for code in chosen]


class Asked(NamedTuple):
    """The two fields of a purpose."""

    name: Any
    number: BoundField
    label: BoundField


class AccountsForm(forms.Form):
    """A number and a name for each purpose; a category without number goes with the goods."""

    def __init__(
        self, *args: Any, plan: Plan, tops: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        own = tuple(Purpose(f"category:{code}", name, "", "") for code, name in tops)
        self.groups = (
            Group(_("Journal"), (BOOK,)),
            *GROUPS,
            Group(_("Categories with an account of their own"), own),
        )
        for purpose in self._purposes():
            account = plan.account(purpose.key)
            self.fields[f"{purpose.key}:number"] = self._number(purpose, account)
            self.fields[f"{purpose.key}:label"] = forms.CharField(
                label=_("Name: %(purpose)s") % {"purpose": purpose.name},
                initial=account.label,
                max_length=120,
                required=not self._is_own(purpose),
            )

    def _purposes(self) -> list[Purpose]:
        return [each for group in self.groups for each in group.purposes]

    @staticmethod
    def _is_own(purpose: Purpose) -> bool:
        return purpose.key.startswith("category:")

    def _number(self, purpose: Purpose, account: Account) -> forms.CharField:
        is_journal = purpose.key == BOOK.key
        field = forms.CharField(
            label=_("Account: %(purpose)s") % {"purpose": purpose.name},
            initial=account.number,
            max_length=10 if is_journal else 20,
            required=not self._is_own(purpose),
        )
        field.validators.append(require_code if is_journal else require_number)
        field.widget.attrs |= {"autocomplete": "off", "class": "account"}
        return field

    @property
    def rows(self) -> list[tuple[Any, list[Asked]]]:
        """The fields, as the page groups them."""
        return [
            (
                group.name,
                [
                    Asked(
                        capfirst(each.name), self[f"{each.key}:number"], self[f"{each.key}:label"]
                    )
                    for each in group.purposes
                ],
            )
            for group in self.groups
            if group.purposes
        ]

    @property
    def accounts(self) -> dict[str, Account]:
        """Purpose → the account that was typed."""
        said = self.cleaned_data
        return {
            each.key: Account(said[f"{each.key}:number"], said[f"{each.key}:label"])
            for each in self._purposes()
        }

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``account_unnamed`` or ``account_named_twice``."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        accounts = {key: each for key, each in self.accounts.items() if key != BOOK.key}
        for key, account in accounts.items():
            if account.number and not account.label:
                said = ValidationError(_("Give this account a name."), code="account_unnamed")
                self.add_error(f"{key}:label", said)
        if not self.errors and (wrong := named_twice(accounts.values())):
            raise ValidationError(
                _("Account %(number)s has two names: give it the same one everywhere."),
                code="account_named_twice",
                params={"number": wrong.number},
            )
        return cleaned


def require_number(text: str) -> None:
    """Raises ValidationError ``bad_account``."""
    if not NUMBER.fullmatch(text):
        raise ValidationError(
            _("An account begins with three digits of the French chart, such as 707 or 531000."),
            code="bad_account",
        )


def require_code(text: str) -> None:
    """Raises ValidationError ``bad_journal``."""
    if not JOURNAL_CODE.fullmatch(text):
        raise ValidationError(_("Capitals and digits only, such as CA."), code="bad_journal")
