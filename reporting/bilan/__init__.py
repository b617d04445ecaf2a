"""The *Bilan* as it is read: every figure written in one unit, with the address of what is behind.

Tables are written so that they add up as printed.
"""

from reporting.bilan.page import Page
from reporting.bilan.side import KNOWN

__all__ = ["KNOWN", "Page"]
