"""Data to Block Kit: pure functions that give plain dicts, one file a feature."""
