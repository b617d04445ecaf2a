"""The shop: tills, the price grid, tickets and refunds. Each moves grams through the stockroom.

What the till law asks for is in ``journal``, under a version of its own.
"""

FISCAL_VERSION = "1.0"  # raised with any change to sales/journal or to what its events say
