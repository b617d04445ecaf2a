"""The indicators; ``docs/indicators.md`` says what each means, a test holds the two together."""

from reporting.indicators.balance import (
    INDICATORS,
    QUALITY,
    WEIGHTED,
    Tally,
    daily,
    diversion,
    figures,
)

__all__ = ["INDICATORS", "QUALITY", "WEIGHTED", "Tally", "daily", "diversion", "figures"]
