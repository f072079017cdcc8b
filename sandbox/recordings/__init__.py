"""Recordings made here: people who talk, heard by the stand-in for a transcriber, and a film around them."""

from sandbox.recordings.film import Film, write_film
from sandbox.recordings.interview import INTERVIEW, interview
from sandbox.recordings.talk import Line, Talk, talk

__all__ = ["INTERVIEW", "Film", "Line", "Talk", "interview", "talk", "write_film"]
