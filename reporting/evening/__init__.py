"""The evening sheet: a day's arrivals, departures and takings, recorded as one act.

It sits here because it speaks to both doors at once, and nothing below may (decision 0014).
"""
