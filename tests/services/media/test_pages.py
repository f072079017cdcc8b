from __future__ import annotations

import pytest

from services.media import reading
from services.media.safe import shown_name
from services.media.unreadable import Unreadable
from tests.services.media.files import write_docx, write_pdf, write_pptx, write_xlsx


def pages(path, form, *, limit=100_000, most=100):
    return reading.pages(str(path), form, limit, most)


def test_a_pdf_has_its_pages(tmp_path):
    found = pages(write_pdf(tmp_path / "a.pdf", "We start in May.", "", "And end in June."), "pdf")
    assert [(page["number"], page["text"]) for page in found] == [
        (1, "We start in May."),
        (2, ""),
        (3, "And end in June."),
    ]


def test_a_presentation_has_its_slides_with_what_is_noted(tmp_path):
    path = write_pptx(
        tmp_path / "a.pptx", ("Prices", "We raise them."), ("Dates", "In May."), notes="Say it slowly."
    )
    assert pages(path, "pptx") == [
        {"number": 1, "title": "Prices", "text": "Prices\nWe raise them.\nNotes: Say it slowly."},
        {"number": 2, "title": "Dates", "text": "Dates\nIn May.\nNotes: Say it slowly."},
    ]


def test_a_workbook_has_its_sheets_and_no_formulas(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx", {"Costs": [["Camera", 1200, None], [None, None], ["Sum", "=B1"]], "Plan": []}
    )
    assert pages(path, "xlsx") == [
        {"number": 1, "title": "Costs", "text": "Camera | 1200\nSum"},
        {"number": 2, "title": "Plan", "text": ""},
    ]


def test_a_word_document_is_one_page_with_its_headings(tmp_path):
    (page,) = pages(write_docx(tmp_path / "a.docx"), "docx")
    assert (page["number"], page["title"]) == (1, "Launch plan")
    assert "# Launch plan\nWe start in May." in page["text"]


@pytest.mark.parametrize(("form", "title"), [("markdown", "Plan"), ("text", "")])
def test_a_text_is_one_page(tmp_path, form, title):
    (tmp_path / "a.md").write_text("Intro\n\n## Plan\nWe start in May.")
    assert pages(tmp_path / "a.md", form) == [
        {"number": 1, "title": title, "text": "Intro\n\n## Plan\nWe start in May."}
    ]


def test_no_more_is_read_than_was_asked_for(tmp_path):
    path = write_pdf(tmp_path / "a.pdf", *("x" * 10 for _ in range(9)))
    assert [page["text"] for page in pages(path, "pdf", limit=25)] == ["x" * 10, "x" * 10, "x" * 5]
    assert len(pages(path, "pdf", most=4)) == 4


def test_what_steers_a_terminal_or_the_reading_direction_is_taken_out(tmp_path):
    (tmp_path / "a.txt").write_text("safe\x1b[31m \u202egnitirw\u202c\ttab\r\nline")
    assert pages(tmp_path / "a.txt", "text")[0]["text"] == "safe[31m gnitirw\ttab\nline"


def test_a_locked_document_says_so(tmp_path):
    with pytest.raises(Unreadable, match="password"):
        pages(write_pdf(tmp_path / "a.pdf", "secret", password="pass"), "pdf")


@pytest.mark.parametrize(
    ("make", "name", "marker"),
    [
        (lambda path: write_pptx(path, ("Prices", "Up.")), "a.pptx", "[slide 1]\nPrices\nUp."),
        (
            lambda path: write_xlsx(path, {"Costs": [["Camera", 1200]]}),
            "a.xlsx",
            "[sheet 1: Costs]\nCamera | 1200",
        ),
    ],
)
def test_a_chat_reads_slides_and_sheets_too(tmp_path, make, name, marker):
    assert reading.text(str(make(tmp_path / name)), name, "", 1_000) == marker


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.mp4", "a.mp4"),
        ("a\x00b\n.mp4", "ab .mp4"),
        ("movie\u202e4pm.exe", "movie4pm.exe"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".mp4", "x" * 196 + ".mp4"),
    ],
)
def test_names_are_shown_without_their_tricks(name, shown):
    assert shown_name(name) == shown
