"""The VAT regime, from a day on: said once, chained at every site, never changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from organisation.models import Site
from sales import journal
from sales.journal import Event
from sales.journal.bodies import vat_terms_data
from sales.models import Kind, Regime, VatTerms


@transaction.atomic
def set_vat(*, entry: Entry, since: date, regime: Regime, rates: Mapping[str, int]) -> VatTerms:
    """Say which regime holds from ``since`` on, today at the earliest, at all sites of a structure.

    ``rates``: code of a category (``""``: all others) → hundredths of a percent.
    Raises ValidationError ``since_past`` or ``rate_missing``.
    """
    if since < entry.day:
        raise ValidationError(
            _("Tickets of that day are written already: choose today or later."), code="since_past"
        )
    if regime.charges and "" not in rates:
        raise ValidationError(_("Say the usual rate."), code="rate_missing")
    said = dict(rates) if regime.charges else {}
    sites = Site.objects.filter(organisation=entry.site.organisation_id).order_by("pk")
    rows = [
        _said_at(site, entry, VatTerms(site=site, since=since, regime=regime, rates=said))
        for site in sites.select_related("organisation")
    ]
    return next(row for row in rows if row.site_id == entry.site.pk)


def _said_at(site: Site, entry: Entry, terms: VatTerms) -> VatTerms:
    terms.author = entry.author
    own = None if site.pk == entry.site.pk else uuid4()
    event = Event(Kind.SETTING, vat_terms_data(terms), uuid=own)
    head = journal.hold_site(site)
    terms.event = journal.append(head=head, entry=replace(entry, site=site), event=event)
    terms.save(force_insert=True)
    return terms
