"""What a site does beside its kilograms, noted by the month or the day.

It sits here because every figure made of it does; nothing below needs it.
"""
