"""What a structure decides once for all its tills, as services ask for it."""

from sales.models import ShopSettings


def year_starts_month(organisation_id: int) -> int:
    """The month that a structure's accounting year begins in."""
    return ShopSettings.objects.of(organisation_id).year_starts_month
