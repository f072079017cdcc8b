"""Slack in, Slack out: the routing table and the shapes that routes are called with.

A handler turns what Slack sent into a call of a service and a result into a picture. It holds no rule of
the business and catches nothing: the boundary does.
"""
