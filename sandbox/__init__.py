"""A Slack workspace and two AI providers on this machine, over their own wire protocols."""
