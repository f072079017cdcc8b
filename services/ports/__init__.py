"""What the services ask of the outside, as Protocols. Storage, handlers and fakes implement them.

No port method may be called with a database transaction open across a network call: a unit of work
is opened around storage only, and closed before anything is asked of Slack or a model.
"""
