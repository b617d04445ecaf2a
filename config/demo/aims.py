"""What the demo's structure means to reach, and the network that it forms with the small one."""

from organisation.models import Network, Organisation, User
from reporting.models import Target

NETWORK, NETWORK_NAME = "demo", "Réseau des ressourceries"
READERS = ("direction", "audit")
TARGETS = (  # an indicator, its amount, and whether it is not to be passed
    ("collected", 110_000_000, False),
    ("reuse_rate", 550, False),
    ("disposed", 10_000_000, True),
)


def set_targets(organisation: Organisation, year: int) -> None:
    """The year's targets, once: what is changed or taken back stays so."""
    if Target.history.filter(organisation_id=organisation.pk, year=year).exists():
        return
    for indicator, amount, is_ceiling in TARGETS:
        Target.objects.create(
            organisation=organisation,
            year=year,
            indicator=indicator,
            amount=amount,
            is_ceiling=is_ceiling,
        )


def join(organisations: list[Organisation]) -> None:
    """Their network, once, with those who read its totals."""
    network, is_new = Network.objects.get_or_create(code=NETWORK, defaults={"name": NETWORK_NAME})
    if is_new:
        network.members.set(organisations)
        network.readers.set(User.objects.filter(username__in=READERS))
