"""How the library looks in Slack."""
