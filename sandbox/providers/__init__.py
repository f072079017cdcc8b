"""The two AI providers of the sandbox: Anthropic Messages and OpenAI Responses over their own protocols."""

from sandbox.providers.faults import Fault, Faults, Provider
from sandbox.providers.ledger import Ledger, Paid, Refused
from sandbox.providers.service import Providers

__all__ = ["Fault", "Faults", "Ledger", "Paid", "Provider", "Providers", "Refused"]
