"""The shop's takings as accountants read them: entries of the books, a file, a table by day.

All of it is told from the events of closed sessions, so it says the same whenever it is asked.
"""
