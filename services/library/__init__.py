"""The content library: what comes in, what is made of it, who finds it again."""
