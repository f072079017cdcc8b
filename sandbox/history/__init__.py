"""Weeks of plausible use, made up from a seed: the same seed on the same day makes the same weeks."""

from sandbox.history.weeks import WEEKS, seed_history

__all__ = ["WEEKS", "seed_history"]
