"""Objects with a label, each drawn out of its own arrival."""

from datetime import datetime, timedelta
from random import Random

from config.demo.days import MARK, Day
from config.demo.goods import ARTICLES, BREAK, STREAMS, Article, rounded_g, worded
from config.demo.structure import MAIN
from inventory import services
from inventory.models import Flow, Item, Verb
from inventory.services import Draft


def label(day: Day, at: datetime, dice: Random) -> None:
    """Give a label to the best of what came these last days, each out of its own arrival."""
    drafts: list[Draft] = []
    lines = _chosen_lines(day, at, dice)
    labelled_g = Item.objects.labelled_from(lines)
    for line in lines:
        left_g = line.weight_g - labelled_g.get(line.pk, 0)
        if draft := _draft(day, line, left_g, dice, len(drafts)):
            labelled_g[line.pk] = labelled_g.get(line.pk, 0) + draft.weight_g
            drafts.append(draft)
    if drafts:
        services.label(entry=day.entry(Verb.LABEL, at), place=None, drafts=drafts)


def _chosen_lines(day: Day, at: datetime, dice: Random) -> list[Flow]:
    """Lines of these last days' arrivals that went to the floor, one for each object."""
    rows = Flow.objects.filter(
        movement__site=day.site,
        movement__verb=Verb.COLLECT,
        movement__business_date__range=(day.date - timedelta(days=3), day.date),
        movement__occurred_at__lt=at,
        movement__submission__endpoint__startswith=MARK,
        movement__reversed_by=None,
        to_account__place=day.places[MAIN],
        from_category__code__in=ARTICLES,
    )
    found = dict(rows.order_by("pk").values_list("pk", "from_category__code"))
    if not found:
        return []
    weights = [STREAMS[code].labelled for code in found.values()]
    wanted = dice.randint(3, 6 if day.size == 1 else 5)
    keys = dice.choices(list(found), weights, k=wanted)
    ends = ("movement", "from_account", "to_account__place__site", "from_category")
    lines = Flow.objects.select_related(*ends).in_bulk(keys)
    return [lines[key] for key in keys]


def _draft(day: Day, line: Flow, left_g: int, dice: Random, number: int) -> Draft | None:
    """An object that may have come with that line, if enough of it is left."""
    stream = line.from_category.code
    article = dice.choice(ARTICLES[stream])
    weight_g = rounded_g(dice.uniform(*article.grams))
    if weight_g > min(left_g, day.bulk_g.get((MAIN, stream), 0)):
        return None
    day.bulk_g[MAIN, stream] -= weight_g
    is_broken = stream in BREAK and dice.random() < 0.36
    states = (Item.Condition.NEW, Item.Condition.GOOD, Item.Condition.WORN)
    state = Item.Condition.TO_REPAIR if is_broken else dice.choices(states, (10, 65, 25))[0]
    return Draft(
        category=day.world.categories[article.category],
        weight_g=weight_g,
        code=day.code(number),
        title=worded(article.title, dice),
        price_cents=_price(article, dice),
        condition=state,
        arrival=line,
    )


def _price(article: Article, dice: Random) -> int:
    """Round euros, by five above twenty."""
    euros = dice.randint(*article.euros)
    return 100 * (euros if euros < 20 else euros // 5 * 5)
