"""The shop: tills, the price grid, tickets and refunds. Each moves grams through the stockroom.

The fiscal journal, its closings and its archive come to live here in modules of their own
(``journal``, ``closings``, ``archive``): docs/decisions/0010-tickets-before-the-journal.md.
"""
