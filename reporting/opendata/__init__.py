"""The whole ledger, handed out: every flow and every cent, without a person's name.

A reader checks the figures with it, by a program that comes along and imports nothing of ours.
"""

from reporting.opendata.files import FILES, SCHEMA, answer, streamed
from reporting.opendata.ledger import Ledger

__all__ = ["FILES", "SCHEMA", "Ledger", "answer", "streamed"]
