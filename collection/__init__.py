"""The in-door: arrivals, their weighings, and what was refused at the gate."""
