"""The free shelf: crates that anyone may help themselves from, and what is left of them."""

from datetime import datetime, timedelta
from random import Random

from config.demo.days import MARK, Day
from config.demo.goods import rounded_g
from config.demo.structure import SHOP
from inventory import services
from inventory.models import Shipment, Verb

CONTENTS = ("LIV.LIVR", "JOU.JEUX", "DEC.BIBE", "TEX.VETE", "VAI.ASSI")
MOST = 2


def put_out(day: Day, at: datetime, dice: Random) -> None:
    """A crate or two on the pavement, until somebody weighs back what is left."""
    chosen = dice.sample(CONTENTS, dice.randint(1, MOST))
    for minute, code in enumerate(chosen):
        if line := day.taken(SHOP, code, dice.uniform(2_500, 8_000)):
            entry = day.entry(Verb.GIVE, at - timedelta(minutes=minute))
            services.put_out(entry=entry, line=line)


def weigh_back(day: Day, at: datetime, dice: Random) -> None:
    """What nobody took, after some days: often nothing, never most of it."""
    out = Shipment.objects.crates_out(day.site).filter(
        movement__submission__endpoint__startswith=MARK, movement__occurred_at__lt=at
    )
    for minute, crate in enumerate(out):
        taken_g = sum(crate.movement.flows.values_list("weight_g", flat=True))
        left_g = rounded_g(taken_g * dice.uniform(0.05, 0.4)) if dice.random() < 0.7 else 0
        entry = day.entry(Verb.REST, at - timedelta(minutes=minute))
        services.weigh_back(entry=entry, crate=crate, weight_g=left_g)
