"""Recordings: what kind they are, how long, and the spoken text that was hidden in them.

Text stands in a comment or a subtitle track, or in faint tones under the sound (underlay.py), as it does in the
recordings that the sandbox makes. Speech itself is not understood: where a recording carries no text, nobody knows
what is said in it.
"""

from sandbox.providers.media.recognising import read
from sandbox.providers.media.recording import Recording, Unreadable

__all__ = ["Recording", "Unreadable", "read"]
