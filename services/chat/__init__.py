"""The chat turn: what is heard, what is answered, what is done about it when something breaks.

`intake` decides what a message asks for and stores it, `turns` works a claimed turn to its end, with
`preparation` before the model is asked and `ledger` around each call; `context` is what a model is
sent, `searching` what it may look up, `rounds` the calls that this takes; `choices` are the buttons
below an answer; `answers` those that can be given again.
"""

from services.chat.answers import KeptAnswers
from services.chat.choices import ChatChoices
from services.chat.intake import ChatIntake
from services.chat.preparation import ChatSettings, Preparation
from services.chat.turns import ChatService

__all__ = ["ChatChoices", "ChatIntake", "ChatService", "ChatSettings", "KeptAnswers", "Preparation"]
