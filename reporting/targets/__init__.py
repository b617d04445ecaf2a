"""Targets of a year: how they are written and typed, and how far the figures have come."""

from reporting.targets.amounts import Scale, scale_of
from reporting.targets.goals import Goal, goals, goals_of

__all__ = ["Goal", "Scale", "goals", "goals_of", "scale_of"]
