"""What Showrunner is measured against: small bots that do the same visible thing as well as it can be done plainly.

All of them: Bolt over one shared aiohttp session, uvloop, no access log, one web application, nothing stored.
"""
