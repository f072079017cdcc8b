"""`showrunner doctor`: every setting and connection, and what to do about each red line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import orjson
from pydantic import SecretStr

from bot import config, logs
from bot.commands.checks import Finding, connections
from bot.config import Settings, SettingsError


async def doctor(*, as_json: bool) -> int:
    findings = await examine(config.process_environment())
    print(as_data(findings) if as_json else as_table(findings))
    return 0 if all(finding.ok for finding in findings) else 1


async def examine(environment: Mapping[str, str]) -> list[Finding]:
    misspelt = [
        Finding(name, False, "set, but nothing reads it", "is it misspelt?")
        for name in config.unknown_variables(environment)
    ]
    try:
        settings = config.load(environment)
    except SettingsError as error:
        return [*misspelt, *faulty(dict(error.faults), environment)]
    logs.configure(settings)
    return [*misspelt, *told(settings, environment), *await connections(settings)]


def faulty(faults: Mapping[str, str], environment: Mapping[str, str]) -> list[Finding]:
    """Every setting where some cannot be used; connections come once they can."""
    findings = []
    for field in Settings.model_fields:
        name = config.variable(field)
        if name in faults:
            findings.append(Finding(name, False, "wrong or missing", faults[name]))
        else:
            found = "set" if environment.get(name, "").strip() else "not set"
            findings.append(Finding(name, True, found, config.describe(field)))
    return findings


def told(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """Every setting: its value (secrets only whether they are set) and what it is for."""
    findings = []
    for field in Settings.model_fields:
        name, value = config.variable(field), getattr(settings, field)
        given = "" if environment.get(name, "").strip() else " (default)"
        findings.append(Finding(name, True, shown(value) + given, config.describe(field)))
    return findings


def shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "set"
    if value is None or value == ():
        return "not set"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def as_data(findings: list[Finding]) -> str:
    return orjson.dumps([asdict(finding) for finding in findings], option=orjson.OPT_INDENT_2).decode()


def as_table(findings: list[Finding]) -> str:
    wide = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.ok else 'RED'}  {finding.name:<{wide}}  {finding.found}")
        if finding.todo:
            lines.append(f"     {'':<{wide}}    {'' if finding.ok else '→ '}{finding.todo}")
    red = sum(not finding.ok for finding in findings)
    lines.append("All is well." if not red else f"{red} of {len(findings)} need you.")
    return "\n".join(lines)
