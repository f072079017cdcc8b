"""The page for people: its files, its JSON and its live feed."""

from sandbox.ui.page import Page

__all__ = ["Page"]
