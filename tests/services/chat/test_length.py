"""How long somebody likes their answers."""

from __future__ import annotations

import pytest

from services.chat.length import LENGTHS
from services.settings import LENGTHS as CHOICES
from tests import factories as make
from tests.services.chat.desk import ANSWER_TOKENS, Desk


async def asked(length: str) -> Desk:
    desk = Desk()
    async with desk.uow() as uow:
        await uow.people.set_setting(make.anna(), "length", length)
        await uow.commit()
    await desk.answered(make.mention(text="Which lamp?"))
    return desk


def last_text(desk: Desk) -> str:
    return "".join(str(part) for part in desk.claude.asked[0].messages[-1].parts)


@pytest.mark.parametrize(
    ("length", "cap"),
    [
        ("", ANSWER_TOKENS),
        ("normal", ANSWER_TOKENS),
        ("short", ANSWER_TOKENS // 4),
        ("long", ANSWER_TOKENS),
        ("?", ANSWER_TOKENS),
    ],
)
async def test_the_answer_is_capped_accordingly(length: str, cap: int) -> None:
    assert (await asked(length)).claude.asked[0].max_tokens == cap


@pytest.mark.parametrize("length", ["short", "long"])
async def test_the_model_is_told_after_the_question(length: str) -> None:
    desk = await asked(length)
    told = last_text(desk)
    assert told.index("Which lamp?") < told.index(LENGTHS[length].instruction)
    assert LENGTHS[length].instruction not in str(desk.claude.asked[0].system)


async def test_of_a_usual_length_nothing_is_said() -> None:
    told = last_text(await asked("normal"))
    assert not any(length.instruction in told for length in LENGTHS.values() if length.instruction)


def test_every_choice_has_its_meaning() -> None:
    assert set(LENGTHS) == set(CHOICES)
