"""Shapes of the shop's forms: lists, the checkout, tickets and refunds."""
