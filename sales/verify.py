"""Tickets proven a second way, in plain SQL: lines, payments and refunds add up, and weigh.

Read by ``inventory.verify``: each check is one query for rows that should not exist.
"""

from django.utils.translation import gettext_lazy

CHECKS = (
    (
        gettext_lazy("structure of a ticket's line"),
        """
SELECT m.number || ' n° ' || l.position, o.organisation_id, l.organisation_id
  FROM sales_saleline l
  JOIN sales_sale t ON t.id = l.sale_id
  JOIN inventory_movement m ON m.id = t.movement_id
  JOIN organisation_site o ON o.id = m.site_id
 WHERE m.month >= {since} AND l.organisation_id <> o.organisation_id""",
    ),
    (
        gettext_lazy("lines of a ticket"),
        """
SELECT m.number, s.must_c || ' cents', s.total_cents || ' cents'
  FROM (SELECT t.movement_id, t.total_cents, COALESCE(SUM(l.total_cents), 0) AS must_c
          FROM sales_sale t LEFT JOIN sales_saleline l ON l.sale_id = t.id
         GROUP BY t.id, t.movement_id, t.total_cents) s
  JOIN inventory_movement m ON m.id = s.movement_id
 WHERE m.month >= {since} AND s.must_c <> s.total_cents""",
    ),
    (
        gettext_lazy("payments of a ticket"),
        """
SELECT m.number, s.must_c || ' cents', s.is_c || ' cents'
  FROM (SELECT t.movement_id, t.total_cents + t.change_cents AS must_c,
               COALESCE(SUM(p.amount_cents), 0) AS is_c
          FROM sales_sale t LEFT JOIN sales_payment p ON p.sale_id = t.id
         GROUP BY t.id, t.movement_id, t.total_cents, t.change_cents) s
  JOIN inventory_movement m ON m.id = s.movement_id
 WHERE m.month >= {since} AND s.must_c <> s.is_c""",
    ),
    (
        gettext_lazy("weight of a ticket's line"),
        """
SELECT m.number || ' n° ' || l.position, l.weight_g || ' g',
       CASE WHEN f.movement_id = t.movement_id THEN f.weight_g ELSE 0 END || ' g'
  FROM sales_saleline l
  LEFT JOIN inventory_flow f ON f.id = l.flow_id
  JOIN sales_sale t ON t.id = l.sale_id
  JOIN inventory_movement m ON m.id = t.movement_id
 WHERE m.month >= {since} AND COALESCE(l.flow_id, l.weight_g) IS NOT NULL
   AND (f.id IS NULL OR f.weight_g <> COALESCE(l.weight_g, 0) OR f.movement_id <> t.movement_id
    OR COALESCE(f.item_id, 0) <> CASE WHEN l.flag = '' THEN COALESCE(l.item_id, 0) ELSE 0 END)""",
    ),
    (
        gettext_lazy("grams found for a ticket"),
        """
SELECT m.number, s.must_g || ' g', s.is_g || ' g'
  FROM (SELECT movement_id, SUM(must_g) AS must_g, SUM(is_g) AS is_g
          FROM (SELECT t.movement_id, l.weight_g AS must_g, 0 AS is_g
                  FROM sales_saleline l JOIN sales_sale t ON t.id = l.sale_id
                 WHERE l.flag <> '' AND l.weight_g IS NOT NULL
                UNION ALL
                SELECT f.movement_id, 0, f.weight_g
                  FROM inventory_account a
                  JOIN inventory_flow f ON f.from_account_id = a.id
                  JOIN sales_sale t ON t.movement_id = f.movement_id
                 WHERE a.kind = 'adjustment') e
         GROUP BY movement_id) s
  JOIN inventory_movement m ON m.id = s.movement_id
 WHERE m.month >= {since} AND s.must_g <> s.is_g""",
    ),
    (
        gettext_lazy("given back of a ticket's line"),
        """
SELECT m.number || ' n° ' || s.position,
       '≤ ' || s.quantity || ' u, ' || s.total_cents || ' cents, ' || s.weight_g || ' g',
       s.back_u || ' u, ' || s.back_c || ' cents, ' || s.back_g || ' g'
  FROM (SELECT l.id, l.sale_id, l.position, l.quantity, l.total_cents,
               COALESCE(l.weight_g, 0) AS weight_g, SUM(b.quantity) AS back_u,
               SUM(b.amount_cents) AS back_c, COALESCE(SUM(b.weight_g), 0) AS back_g
          FROM sales_saleline l JOIN sales_refundline b ON b.line_id = l.id
         GROUP BY l.id, l.sale_id, l.position, l.quantity, l.total_cents, l.weight_g) s
  JOIN sales_sale t ON t.id = s.sale_id
  JOIN inventory_movement m ON m.id = t.movement_id
 WHERE s.back_u > s.quantity OR s.back_c > s.total_cents OR s.back_g > s.weight_g""",
    ),
    (
        gettext_lazy("lines of a refund"),
        """
SELECT m.number, s.must_c || ' cents, ' || s.must_g || ' g',
       s.total_cents || ' cents, ' || s.is_g || ' g'
  FROM (SELECT r.movement_id, r.total_cents, COALESCE(SUM(b.amount_cents), 0) AS must_c,
               COALESCE(SUM(b.weight_g), 0) AS must_g,
               (SELECT COALESCE(SUM(f.weight_g), 0) FROM inventory_flow f
                 WHERE f.movement_id = r.movement_id) AS is_g
          FROM sales_refund r LEFT JOIN sales_refundline b ON b.refund_id = r.id
         GROUP BY r.id, r.movement_id, r.total_cents) s
  JOIN inventory_movement m ON m.id = s.movement_id
 WHERE m.month >= {since} AND (s.must_c <> s.total_cents OR s.must_g <> s.is_g)""",
    ),
    (
        gettext_lazy("what is left of a voucher"),
        """
SELECT v.code, '≥ 0 cents', s.left_c || ' cents'
  FROM (SELECT w.id,
               (SELECT COALESCE(SUM(l.total_cents), 0) FROM sales_saleline l
                 WHERE l.voucher_id = w.id)
             + (SELECT COALESCE(SUM(r.total_cents), 0) FROM sales_refund r
                 WHERE r.voucher_id = w.id)
             - (SELECT COALESCE(SUM(p.amount_cents), 0) FROM sales_payment p
                 WHERE p.voucher_id = w.id)
             - (SELECT COALESCE(SUM(b.amount_cents), 0) FROM sales_refundline b
                  JOIN sales_saleline l ON l.id = b.line_id
                 WHERE l.voucher_id = w.id) AS left_c
          FROM sales_voucher w) s
  JOIN sales_voucher v ON v.id = s.id
 WHERE s.left_c < 0""",
    ),
    (
        gettext_lazy("cancelled takings of a day"),
        """
SELECT s.code || ' ' || s.id, '0 cents', s.left_c || ' cents'
  FROM (SELECT o.code, t.id, SUM(p.amount_cents) AS left_c
          FROM sales_daytakings t
          JOIN organisation_site o ON o.id = t.site_id
          JOIN sales_daypayment p ON p.takings_id = t.id OR p.takings_id = t.reverses_id
         WHERE t.reverses_id IS NOT NULL
         GROUP BY o.code, t.id, p.method) s
 WHERE s.left_c <> 0""",
    ),
)
