"""Reading the settings: the only place that looks at the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from bot.settings import Settings, describe, variable

__all__ = [
    "Settings",
    "SettingsError",
    "describe",
    "load",
    "process_environment",
    "unknown_variables",
    "variable",
]

ENV_FILE = ".env"


class SettingsError(Exception):
    """Everything that is wrong with the settings, at once; `faults` as (variable, what to do)."""

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{name}: {todo}" for name, todo in faults))
        self.faults = faults


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment`, else the process's own over those of `.env`. Raises SettingsError."""
    given = process_environment() if environment is None else environment
    try:
        return Settings.model_validate(
            {name: value.strip() for name, value in given.items() if value.strip()}
        )
    except ValidationError as error:
        raise SettingsError(tuple(_fault(problem) for problem in error.errors())) from None


def process_environment() -> dict[str, str]:
    filed = {name: value for name, value in dotenv_values(ENV_FILE).items() if value}
    return {**filed, **os.environ}


def _fault(problem: Any) -> tuple[str, str]:
    where = str(problem["loc"][0])
    field = next(field for field in Settings.model_fields if where in {field, variable(field)})
    if problem["type"] == "missing":
        return variable(field), f"is missing: {describe(field)}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return variable(field), message[0].lower() + message[1:]


def unknown_variables(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Variables under our prefix that no setting reads: most likely misspelt."""
    known = {variable(field) for field in Settings.model_fields}
    return tuple(sorted(name for name in environment if name.startswith("SHOWRUNNER_") and name not in known))
