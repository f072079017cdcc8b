from __future__ import annotations

import asyncio
import os

import pytest

from services.errors import FileUnreadable
from services.media.documents import document_text
from tests.services.media.files import (
    DOCX,
    PDF,
    write_docx,
    write_encrypted_office,
    write_pdf,
    write_pdf_bomb,
    write_slow_pdf,
    write_zip,
    write_zip_bomb,
)
from tests.services.media.running import children


async def read(path, mimetype="", *, limit=10_000, name=None, **options):
    return await document_text(path, name or path.name, mimetype, limit=limit, **options)


async def reason(path, mimetype="", **options):
    with pytest.raises(FileUnreadable) as failure:
        await read(path, mimetype, **options)
    assert failure.value.name == options.get("name", path.name)
    return failure.value.reason


async def test_a_pdf_is_read_page_by_page_under_markers(tmp_path):
    text = await read(write_pdf(tmp_path / "plan.pdf", "We start in May.", "And end in June."), PDF)
    assert text == "[page 1]\nWe start in May.\n[page 2]\nAnd end in June."


async def test_a_page_without_text_says_so(tmp_path):
    text = await read(write_pdf(tmp_path / "scan.pdf", ""), PDF)
    assert text == "[page 1]\n(no text on this page)"


async def test_a_docx_is_read_in_order_with_header_headings_and_tables(tmp_path):
    text = await read(write_docx(tmp_path / "plan.docx"), DOCX)
    assert text == (
        "Confidential draft\n# Launch plan\nWe start in May.\nWho | When\nAna | Monday\nAfter the table."
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_text_is_read_in_the_encodings_that_say_what_they_are(tmp_path, encoding):
    path = tmp_path / "notes.md"
    path.write_bytes("# Größe 🎬".encode(encoding))
    assert await read(path, "text/markdown") == "# Größe 🎬"


async def test_text_in_an_older_character_set_is_guessed(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(("Über den Fluß führen größere Brücken, sagte er später. " * 20).encode("cp1252"))
    assert (await read(path, "text/plain")).startswith("Über den Fluß führen größere Brücken")


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.srt", "a.vtt", "a.py"])
async def test_other_texts_are_read_as_they_are(tmp_path, name):
    path = tmp_path / name
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    assert "Hello" in await read(path, "text/plain")


async def test_what_is_over_the_limit_is_left_out_and_said(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("é" * 5_000)
    text, note = (await read(path, limit=1_000)).split("\n")
    assert text == "é" * 1_000
    assert "left out" in note


async def test_a_long_pdf_is_cut_too(tmp_path):
    path = write_pdf(tmp_path / "long.pdf", *(f"Page number {n}" for n in range(1, 20)))
    text = await read(path, limit=60)
    assert "left out" in text
    assert "[page 9]" not in text


async def test_a_pdf_under_a_password(tmp_path):
    assert await reason(write_pdf(tmp_path / "a.pdf", "secret", password="pass"), PDF) == "password"


async def test_a_pdf_under_an_empty_password_is_read(tmp_path):
    assert "open" in await read(write_pdf(tmp_path / "a.pdf", "open", password=""), PDF)


async def test_a_docx_under_a_password(tmp_path):
    assert await reason(write_encrypted_office(tmp_path / "a.docx"), DOCX) == "password"


@pytest.mark.parametrize("make", [write_pdf, write_docx])
async def test_half_of_a_file_is_damaged(tmp_path, make):
    path = make(tmp_path / f"a.{'pdf' if make is write_pdf else 'docx'}")
    os.truncate(path, path.stat().st_size // 2)
    assert await reason(path) == "damaged"


async def test_bytes_that_are_no_pdf_at_all_are_damaged(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes(range(256)) * 10)
    assert await reason(path, PDF) == "damaged"


async def test_an_archive_that_is_no_document_is_of_the_wrong_type(tmp_path):
    assert await reason(write_zip(tmp_path / "a.zip"), "application/zip") == "type"


async def test_a_program_is_of_the_wrong_type(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x7fELF" + bytes(100))
    assert await reason(path, "text/plain") == "type"


@pytest.mark.parametrize(
    ("name", "mimetype"), [("a.txt", "text/plain"), ("a.docx", DOCX), ("a", "image/png"), ("a", "text/plain")]
)
async def test_a_pdf_that_claims_to_be_something_else_is_of_the_wrong_type(tmp_path, name, mimetype):
    path = write_pdf(tmp_path / "real.pdf", "Hi")
    assert await reason(path, mimetype, name=name) == "type"


async def test_a_sign_in_page_in_place_of_a_pdf_is_of_the_wrong_type(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_text("<!doctype html><title>Sign in</title>")
    assert await reason(path, PDF) == "type"


async def test_a_file_that_claims_nothing_is_taken_for_what_it_is(tmp_path):
    path = write_pdf(tmp_path / "upload", "Hi")
    assert await read(path, "application/octet-stream") == "[page 1]\nHi"


async def test_a_zip_bomb_is_seen_by_what_it_unpacks_to(tmp_path):
    assert await reason(write_zip_bomb(tmp_path / "a.docx"), DOCX) == "unpacked"


async def test_a_pdf_that_unpacks_to_more_than_the_child_may_hold_is_refused(tmp_path):
    assert await reason(write_pdf_bomb(tmp_path / "a.pdf"), PDF) == "unpacked"


async def test_a_file_that_takes_too_long_is_too_large_and_its_child_is_gone(tmp_path):
    assert await reason(write_slow_pdf(tmp_path / "a.pdf"), PDF, seconds=1.0) == "too_large"
    assert children() == []


async def test_cancelling_ends_the_child(tmp_path):
    reading = asyncio.ensure_future(read(write_slow_pdf(tmp_path / "a.pdf")))
    async with asyncio.timeout(10):
        while not children():
            await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert children() == []


async def test_the_child_knows_none_of_our_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    reading = asyncio.ensure_future(read(write_slow_pdf(tmp_path / "a.pdf")))
    async with asyncio.timeout(10):
        while not (environments := [child.environ() for child in children()]):
            await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.wait([reading])
    assert not any("SLACK_BOT_TOKEN" in environment for environment in environments)
