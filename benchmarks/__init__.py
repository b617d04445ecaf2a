"""Scripts that print ratios measured within one run; see README.md."""
