"""One code for each language, however it is told."""

from __future__ import annotations

import pytest

from services.languages import code_of, name_of


@pytest.mark.parametrize("told", ["de", "deu", "ger", "German", " DE "])
def test_all_its_names_are_one_code(told: str):
    assert code_of(told) == "de"


@pytest.mark.parametrize(("told", "code"), [("pt_BR", "pt-br"), ("por-BR", "pt-br"), ("haw", "haw")])
def test_regions_and_rare_languages_stay(told: str, code: str):
    assert code_of(told) == code


@pytest.mark.parametrize("told", ["", "und", "zxx", "<script>", "x" * 40, "12"])
def test_what_names_no_language_is_none(told: str):
    assert code_of(told) is None


def test_people_read_its_name():
    assert [name_of(code) for code in ("spa", "es", "pt-br", "haw")] == [
        "Spanish",
        "Spanish",
        "Portuguese",
        "haw",
    ]
