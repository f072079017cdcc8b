"""What people do in the workspace, for the page, for tests and for the control API."""

from sandbox.people.outcome import Outcome, Refused
from sandbox.people.people import People

__all__ = ["Outcome", "People", "Refused"]
