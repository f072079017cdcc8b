"""Recordings, read by hand: what kind they are, how long, and the spoken text that was hidden in them.

Nothing is listened to. Where a recording carries no text, nobody knows what is said in it.
"""

from sandbox.providers.media.recognising import read
from sandbox.providers.media.recording import Recording, Unreadable

__all__ = ["Recording", "Unreadable", "read"]
