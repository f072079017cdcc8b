"""What an interaction hands to the app: triggers, response URLs, and the modals they open."""
