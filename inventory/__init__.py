"""The stockroom: catalogue, places, partners, items, and the ledger of grams."""
