"""Claims proven a second way, in plain SQL: a gram by one at most, and sums that are their flows'.

Read by ``inventory.verify``: each check is one query for rows that should not exist. A claim's
rows stay when it is released, so that its sums can be checked all the same.
"""

from django.utils.translation import gettext_lazy

_EXITS = "('reuse', 'recycling', 'other_recovery', 'energy', 'disposal')"
_CLAIM = "c.id || ' ' || e.code || ' ' || t.code || ' ' || c.quarter"
_QUARTER = "((m.month / 100) * 10 + (m.month % 100 + 2) / 3)"
# The stream of a category is its own, or that of the nearest above it that has one.
_STREAM = "COALESCE(g.epr_stream_id, h.epr_stream_id, i.epr_stream_id)"

CHECKS = (
    (
        gettext_lazy("claimed of a flow"),
        """
SELECT m.number || ' n° ' || f.id, '≤ ' || f.weight_g || ' g', (s.times * f.weight_g) || ' g'
  FROM (SELECT flow_id, COUNT(*) AS times FROM reporting_claimedflow
         WHERE release_id IS NULL GROUP BY flow_id HAVING COUNT(*) > 1) s
  JOIN inventory_flow f ON f.id = s.flow_id
  JOIN inventory_movement m ON m.id = f.movement_id""",
    ),
    (
        gettext_lazy("sum of a claim"),
        f"""
SELECT {_CLAIM}, s.must_g || ' g, ' || s.must_u || ' u', c.weight_g || ' g, ' || c.units || ' u'
  FROM (SELECT d.id, COALESCE(SUM(v.sign * v.weight_g), 0) AS must_g,
               COALESCE(SUM(v.sign * v.units), 0) AS must_u
          FROM reporting_eprclaim d
          LEFT JOIN (SELECT x.claim_id, f.weight_g, f.units,
                            CASE WHEN b.kind IN {_EXITS} THEN 1 ELSE -1 END AS sign
                       FROM reporting_claimedflow x
                       JOIN inventory_flow f ON f.id = x.flow_id
                       JOIN inventory_account b ON b.id = f.to_account_id) v ON v.claim_id = d.id
         GROUP BY d.id) s
  JOIN reporting_eprclaim c ON c.id = s.id
  JOIN inventory_ecoorganisme e ON e.id = c.eco_organisme_id
  JOIN inventory_eprstream t ON t.id = c.stream_id
 WHERE s.must_g <> c.weight_g OR s.must_u <> c.units""",  # noqa: S608
    ),
    (
        gettext_lazy("flow of a claim"),
        f"""
SELECT {_CLAIM} || ' ' || m.number, t.code || ' ' || c.quarter,
       COALESCE(j.code, '–') || ' ' || {_QUARTER}
  FROM reporting_claimedflow x
  JOIN reporting_eprclaim c ON c.id = x.claim_id
  JOIN inventory_ecoorganisme e ON e.id = c.eco_organisme_id
  JOIN inventory_eprstream t ON t.id = c.stream_id
  JOIN inventory_flow f ON f.id = x.flow_id
  JOIN inventory_movement m ON m.id = f.movement_id
  JOIN organisation_site o ON o.id = m.site_id
  JOIN inventory_account a ON a.id = f.from_account_id
  JOIN inventory_account b ON b.id = f.to_account_id
  JOIN inventory_category g ON g.id = f.from_category_id
  LEFT JOIN inventory_category h ON h.id = g.parent_id
  LEFT JOIN inventory_category i ON i.id = h.parent_id
  LEFT JOIN inventory_eprstream j ON j.id = {_STREAM}
 WHERE o.organisation_id <> c.organisation_id OR e.organisation_id <> c.organisation_id
    OR {_QUARTER} <> c.quarter OR COALESCE(j.code, 'NONE') <> t.code
    OR CAST(c.fates AS text)
       NOT LIKE '%"' || (CASE WHEN b.kind IN {_EXITS} THEN b.kind ELSE a.kind END) || '"%'""",  # noqa: S608
    ),
    (
        gettext_lazy("release of a claim"),
        f"""
SELECT {_CLAIM} || ' n° ' || x.flow_id, COALESCE(CAST(r.id AS text), '–'),
       COALESCE(CAST(x.release_id AS text), '–')
  FROM reporting_claimedflow x
  JOIN reporting_eprclaim c ON c.id = x.claim_id
  JOIN inventory_ecoorganisme e ON e.id = c.eco_organisme_id
  JOIN inventory_eprstream t ON t.id = c.stream_id
  LEFT JOIN reporting_claimrelease r ON r.claim_id = x.claim_id
 WHERE COALESCE(r.id, 0) <> COALESCE(x.release_id, 0)""",  # noqa: S608
    ),
)
