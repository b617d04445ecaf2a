"""The shop: tills, tickets and the fiscal journal will live here (no model yet)."""
