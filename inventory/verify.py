"""The ledger proven a second way: plain SQL over movements and flows, none of the kernel's code.

Each check is one query for rows ``(where, expected, found)`` that should not exist. Sums are
compared by adding both sides with opposite signs, which needs no outer join. ``{since}`` is a
month as YYYYMM, 0 for the beginning; it is always an integer.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import triggers
from inventory.models import Flow

Check = tuple[Any, str]  # what it is about, and the query

# One row per item and movement: where from, where to (0: bulk or nowhere), how much, and the step
# before. A flow that carries an item into bulk stock dissolves it there.
_ITEM_STEPS = """
WITH steps AS (
  SELECT f.item_id, f.movement_id, SUM(f.weight_g) AS weight_g,
         MIN(CASE WHEN a.kind = 'stock' AND NOT a.holds_items THEN 0 ELSE a.id END) AS start,
         MAX(CASE WHEN a.kind = 'stock' AND NOT a.holds_items THEN 0 ELSE a.id END) AS start_2,
         MIN(CASE WHEN b.kind = 'stock' AND NOT b.holds_items THEN 0 ELSE b.id END) AS finish,
         MAX(CASE WHEN b.kind = 'stock' AND NOT b.holds_items THEN 0 ELSE b.id END) AS finish_2
    FROM inventory_flow f
    JOIN inventory_account a ON a.id = f.from_account_id
    JOIN inventory_account b ON b.id = f.to_account_id
   WHERE f.item_id IS NOT NULL
   GROUP BY f.item_id, f.movement_id),
walk AS (
  SELECT steps.*,
         LAG(finish) OVER (PARTITION BY item_id ORDER BY movement_id) AS before,
         ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY movement_id DESC) AS from_last
    FROM steps)
"""
_CUBE_SIDES = """
  SELECT m.month, f.from_account_id, f.from_category_id, f.to_account_id, f.to_category_id,
         f.method, SUM(f.weight_g) AS must_g, SUM(f.units) AS must_u, 0 AS is_g, 0 AS is_u
    FROM inventory_flow f JOIN inventory_movement m ON m.id = f.movement_id
   WHERE m.month >= {since}
   GROUP BY m.month, f.from_account_id, f.from_category_id, f.to_account_id, f.to_category_id,
            f.method
  UNION ALL
  SELECT month, from_account_id, from_category_id, to_account_id, to_category_id, method,
         0, 0, weight_g, units
    FROM inventory_monthlyflow WHERE month >= {since}
"""
# Arrivals count once, their cancellations once less.
_ARRIVALS = """
  SELECT m.month, m.site_id, f.from_account_id AS account_id, f.from_category_id AS category_id,
         f.origin_id, f.method, f.weight_g, f.units
    FROM inventory_flow f JOIN inventory_movement m ON m.id = f.movement_id
    JOIN inventory_account a ON a.id = f.from_account_id AND a.kind = 'source'
  UNION ALL
  SELECT m.month, m.site_id, f.to_account_id, f.to_category_id, f.origin_id, f.method,
         -f.weight_g, -f.units
    FROM inventory_flow f JOIN inventory_movement m ON m.id = f.movement_id
    JOIN inventory_account a ON a.id = f.to_account_id AND a.kind = 'source'
"""
_GRAMS = "{g} || ' g, ' || {u} || ' u'"
_MUST = _GRAMS.format(g="SUM(must_g)", u="SUM(must_u)")
_IS = _GRAMS.format(g="SUM(is_g)", u="SUM(is_u)")
_DIFFER = "HAVING SUM(must_g) <> SUM(is_g) OR SUM(must_u) <> SUM(is_u)"
_MONTH_OF_DAY = (
    "(CAST(SUBSTR(CAST(m.business_date AS text), 1, 4) AS integer) * 100"
    " + CAST(SUBSTR(CAST(m.business_date AS text), 6, 2) AS integer))"
)
# What may flow where, by a movement that neither reverses nor returns.
_MAY = """
   (a.kind = 'source' AND b.kind = 'stock') OR (a.kind = 'opening' AND b.kind = 'stock')
OR (a.kind IN ('source', 'stock')
    AND b.kind IN ('reuse', 'recycling', 'other_recovery', 'energy', 'disposal'))
OR (a.kind = 'stock' AND b.kind IN ('stock', 'transit', 'adjustment'))
OR (a.kind IN ('transit', 'adjustment') AND b.kind = 'stock')
"""
_MAY_BACK = _MAY.replace("a.kind", "x.kind").replace("b.kind", "a.kind").replace("x.kind", "b.kind")

CHECKS = (
    (
        gettext_lazy("balance"),
        f"""
SELECT a.key || ' ' || c.code, {_MUST}, {_IS}
  FROM (SELECT to_account_id AS account_id, to_category_id AS category_id, SUM(weight_g) AS must_g,
               SUM(units) AS must_u, 0 AS is_g, 0 AS is_u
          FROM inventory_flow GROUP BY to_account_id, to_category_id
        UNION ALL
        SELECT from_account_id, from_category_id, -SUM(weight_g), -SUM(units), 0, 0
          FROM inventory_flow GROUP BY from_account_id, from_category_id
        UNION ALL
        SELECT account_id, category_id, 0, 0, weight_g, units FROM inventory_balance) s
  JOIN inventory_account a ON a.id = s.account_id
  JOIN inventory_category c ON c.id = s.category_id
 GROUP BY a.key, c.code, c.id {_DIFFER}""",  # noqa: S608
    ),
    (
        gettext_lazy("all balances together"),
        """
SELECT 'Σ', '0 g, 0 u', g || ' g, ' || u || ' u'
  FROM (SELECT SUM(weight_g) AS g, SUM(units) AS u FROM inventory_balance) s
 WHERE g <> 0 OR u <> 0""",
    ),
    (
        gettext_lazy("monthly sum"),
        f"""
SELECT s.month || ' ' || a.key || ' ' || c.code || ' → ' || b.key || ' ' || d.code || ' ' || method,
       {_MUST}, {_IS}
  FROM ({_CUBE_SIDES}) s
  JOIN inventory_account a ON a.id = s.from_account_id
  JOIN inventory_account b ON b.id = s.to_account_id
  JOIN inventory_category c ON c.id = s.from_category_id
  JOIN inventory_category d ON d.id = s.to_category_id
 GROUP BY s.month, a.key, b.key, c.code, d.code, c.id, d.id, method {_DIFFER}""",  # noqa: S608
    ),
    (
        gettext_lazy("monthly arrivals"),
        f"""
SELECT s.month || ' ' || a.key || ' ' || o.code || ' ' || c.code, {_MUST}, {_IS}
  FROM (SELECT month, account_id, origin_id, category_id, SUM(weight_g) AS must_g,
               SUM(units) AS must_u, 0 AS is_g, 0 AS is_u
          FROM ({_ARRIVALS}) v WHERE origin_id IS NOT NULL AND month >= {{since}}
         GROUP BY month, account_id, origin_id, category_id
        UNION ALL
        SELECT month, account_id, origin_id, category_id, 0, 0, weight_g, units
          FROM inventory_monthlyorigin WHERE month >= {{since}}) s
  JOIN inventory_account a ON a.id = s.account_id
  JOIN inventory_origin o ON o.id = s.origin_id
  JOIN inventory_category c ON c.id = s.category_id
 GROUP BY s.month, a.key, o.code, o.id, c.code, c.id {_DIFFER}""",  # noqa: S608
    ),
    (
        gettext_lazy("average unit weight"),
        f"""
SELECT t.code || ' ' || c.code, {_MUST}, {_IS}
  FROM (SELECT site_id, category_id, SUM(weight_g) AS must_g, SUM(units) AS must_u,
               0 AS is_g, 0 AS is_u
          FROM ({_ARRIVALS}) v WHERE units <> 0 AND method IN ('weighed', 'net_of_tare')
         GROUP BY site_id, category_id
        UNION ALL
        SELECT site_id, category_id, 0, 0, weight_g, units FROM inventory_unitweight) s
  JOIN organisation_site t ON t.id = s.site_id
  JOIN inventory_category c ON c.id = s.category_id
 GROUP BY t.code, c.code, c.id {_DIFFER}""",  # noqa: S608
    ),
    (
        gettext_lazy("on the road"),
        """
SELECT a.key || ' ' || c.code, '≥ 0 g', b.weight_g || ' g'
  FROM inventory_balance b
  JOIN inventory_account a ON a.id = b.account_id AND a.kind = 'transit'
  JOIN inventory_category c ON c.id = b.category_id
 WHERE b.weight_g < 0""",
    ),
    (
        gettext_lazy("item's place"),
        _ITEM_STEPS
        + """
SELECT 'n° ' || i.id, COALESCE(a.key, '–'), COALESCE(b.key, '–')
  FROM inventory_item i
  LEFT JOIN walk w ON w.item_id = i.id AND w.from_last = 1
  LEFT JOIN inventory_account a ON a.id = w.finish
  LEFT JOIN inventory_account b ON b.id = i.account_id
 WHERE COALESCE(w.finish, 0) <> COALESCE(i.account_id, 0)""",
    ),
    (
        gettext_lazy("item's weight"),
        _ITEM_STEPS
        + """
SELECT 'n° ' || i.id || ' ' || m.number, i.weight_g || ' g', w.weight_g || ' g'
  FROM walk w
  JOIN inventory_item i ON i.id = w.item_id
  JOIN inventory_movement m ON m.id = w.movement_id
 WHERE w.weight_g <> i.weight_g""",
    ),
    (
        gettext_lazy("item's path"),
        _ITEM_STEPS
        + """
SELECT 'n° ' || w.item_id || ' ' || m.number, COALESCE(a.key, '–'), COALESCE(b.key, '–')
  FROM walk w
  JOIN inventory_movement m ON m.id = w.movement_id
  LEFT JOIN inventory_account a ON a.id = w.before
  LEFT JOIN inventory_account b ON b.id = w.start
 WHERE w.start <> w.start_2 OR w.finish <> w.finish_2 OR w.start <> COALESCE(w.before, 0)""",
    ),
    (
        gettext_lazy("items of a place"),
        f"""
SELECT a.key || ' ' || c.code, {_MUST}, {_IS}
  FROM (SELECT account_id, category_id, SUM(weight_g) AS must_g, COUNT(*) AS must_u,
               0 AS is_g, 0 AS is_u
          FROM inventory_item GROUP BY account_id, category_id
        UNION ALL
        SELECT account_id, category_id, 0, 0, weight_g, units FROM inventory_balance) s
  JOIN inventory_account a ON a.id = s.account_id AND a.kind = 'stock' AND a.holds_items
  JOIN inventory_category c ON c.id = s.category_id
 GROUP BY a.key, c.code, c.id {_DIFFER}""",  # noqa: S608
    ),
    (
        gettext_lazy("month of a movement"),
        f"""
SELECT m.number, {_MONTH_OF_DAY}, m.month
  FROM inventory_movement m
 WHERE m.month <> {_MONTH_OF_DAY} AND (m.month >= {{since}} OR {_MONTH_OF_DAY} >= {{since}})""",  # noqa: S608
    ),
    (
        gettext_lazy("month of a flow"),
        """
SELECT m.number, m.month, f.month
  FROM inventory_flow f JOIN inventory_movement m ON m.id = f.movement_id
 WHERE f.month <> m.month AND (f.month >= {since} OR m.month >= {since})""",
    ),
    (
        gettext_lazy("movement without flows"),
        """
SELECT m.number, '≥ 1', 0
  FROM inventory_movement m
 WHERE m.month >= {since} AND m.verb NOT IN ('count', 'settle', 'sell', 'return', 'rest', 'reverse')
   AND NOT EXISTS (SELECT 1 FROM inventory_flow f WHERE f.movement_id = m.id)""",
    ),
    (
        gettext_lazy("last number given"),  # tablets' own aside: VE-canal-C1-000001
        """
SELECT t.code || ' ' || s.prefix, SUM(s.must_n), SUM(s.is_n)
  FROM (SELECT m.site_id, SUBSTR(m.number, 1, 2) AS prefix, COUNT(*) AS must_n, 0 AS is_n
          FROM inventory_movement m JOIN organisation_site o ON o.id = m.site_id
         WHERE SUBSTR(m.number, LENGTH(o.code) + 5) NOT LIKE '%-%'
         GROUP BY m.site_id, SUBSTR(m.number, 1, 2)
        UNION ALL
        SELECT site_id, prefix, 0, last - skipped FROM inventory_numberseries) s
  JOIN organisation_site t ON t.id = s.site_id
 GROUP BY t.code, s.prefix HAVING SUM(s.must_n) <> SUM(s.is_n)""",
    ),
    (
        gettext_lazy("way of a flow"),
        f"""
SELECT m.number || ' ' || a.key || ' → ' || b.key, '–', f.weight_g || ' g'
  FROM inventory_flow f
  JOIN inventory_movement m ON m.id = f.movement_id
  JOIN inventory_account a ON a.id = f.from_account_id
  JOIN inventory_account b ON b.id = f.to_account_id
 WHERE m.month >= {{since}} AND NOT (
       f.weight_g > 0 AND f.units >= 0
   AND (a.id <> b.id OR f.from_category_id <> f.to_category_id)
   AND (f.from_category_id = f.to_category_id OR (a.kind = 'stock' AND b.kind = 'stock'))
   AND ((a.site_id = b.site_id AND a.organisation_id = b.organisation_id)
        OR a.kind = 'transit' OR b.kind = 'transit')
   AND ({_MAY} OR ((m.reverses_id IS NOT NULL OR m.verb IN ('return', 'rest'))
                   AND ({_MAY_BACK}))))""",  # noqa: S608
    ),
    (
        gettext_lazy("mirror of a cancelled movement"),
        """
SELECT number, must_n || ' × ' || weight_g || ' g', is_n || ' × ' || weight_g || ' g'
  FROM (SELECT r.number, s.weight_g, SUM(s.must_n) AS must_n, SUM(s.is_n) AS is_n
          FROM inventory_movement r
          JOIN (SELECT m.id AS mirror_id, f.to_account_id AS x, f.to_category_id AS xc,
                       f.from_account_id AS y, f.from_category_id AS yc, f.origin_id, f.item_id,
                       f.weight_g, f.units, f.method, 1 AS must_n, 0 AS is_n
                  FROM inventory_movement m
                  JOIN inventory_flow f ON f.movement_id = m.reverses_id
                 WHERE m.month >= {since}
                UNION ALL
                SELECT m.id, f.from_account_id, f.from_category_id, f.to_account_id,
                       f.to_category_id, f.origin_id, f.item_id, f.weight_g, f.units, f.method, 0, 1
                  FROM inventory_movement m
                  JOIN inventory_flow f ON f.movement_id = m.id
                 WHERE m.month >= {since} AND m.reverses_id IS NOT NULL) s ON s.mirror_id = r.id
         GROUP BY r.number, s.x, s.xc, s.y, s.yc, s.origin_id, s.item_id, s.weight_g, s.units,
                  s.method) d
 WHERE must_n <> is_n""",
    ),
    (
        gettext_lazy("cancellation"),
        """
SELECT m.number, o.number || ' ' || o.business_date, m.business_date || ' ' || m.verb
  FROM inventory_movement m
  LEFT JOIN inventory_movement o ON o.id = m.reverses_id
 WHERE m.month >= {since}
   AND ((m.verb = 'reverse') <> (o.id IS NOT NULL)
     OR o.verb = 'reverse' OR o.site_id <> m.site_id OR o.business_date > m.business_date)""",
    ),
)


_OF_OTHERS: list[Check] = []


def check_also(checks: Iterable[Check]) -> None:
    """Check what a room above writes beside the ledger, too."""
    _OF_OTHERS.extend(check for check in checks if check not in _OF_OTHERS)


def differences(*, using: str = "report", since: date | None = None) -> list[str]:
    """Return what the sums and the flows do not agree on, a sentence each; none is 0 g.

    All from one snapshot. ``since`` spares cubes and movements of the months before it.
    """
    connection = connections[using]
    month = since.year * 100 + since.month if since else 0
    with transaction.atomic(using=using), connection.cursor() as cursor:
        return [
            *_told(cursor, month),
            *(
                _("trigger %(name)s is missing") % {"name": name}
                for name in sorted(triggers.missing(connection))
            ),
        ]


# Where flows are kept by month, no key spans all of them.
_TWICE = (
    gettext_lazy("flow twice"),
    "SELECT 'n° ' || id, 1, COUNT(*) FROM inventory_flow GROUP BY id HAVING COUNT(*) > 1",
)


def _links() -> Check:
    """What points to a flow that is not there: nor do these take a foreign key."""
    links = [
        f"SELECT '{link.field.model._meta.db_table} ' || l.id, 1, 0"  # noqa: S608
        f" FROM {link.field.model._meta.db_table} l"
        f" LEFT JOIN inventory_flow f ON f.id = l.{link.field.column}"
        f" WHERE l.{link.field.column} IS NOT NULL AND f.id IS NULL"
        for link in Flow._meta.get_fields(include_hidden=True)
        if isinstance(link, ForeignObjectRel)
    ]
    return gettext_lazy("flow of"), " UNION ALL ".join(links)


def _told(cursor: CursorWrapper, month: int) -> Iterator[str]:
    for what, query in (*CHECKS, *_OF_OTHERS, _TWICE, _links()):
        cursor.execute(query.format(since=month))
        for where, expected, found in cursor.fetchall():
            yield _("%(what)s %(where)s: %(expected)s expected, %(found)s found") % {
                "what": what,
                "where": where,
                "expected": expected,
                "found": found,
            }
