"""Faults on purpose, counted from the outside: `python -m tests.chaos --only R1,R2 --scale 0.1`."""
