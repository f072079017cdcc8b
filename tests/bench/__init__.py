"""Figures of speed: `python -m tests.bench --only P1,P2`. Floors and product in one run, ratios first."""
