"""The stand-in for a model."""

from sandbox.providers.brain.thinking import Brain

__all__ = ["Brain"]
