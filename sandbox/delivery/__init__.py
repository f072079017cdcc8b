"""How events, commands and interactions reach the app: Socket Mode or signed HTTP, with Slack's retries."""
