"""Subtitles in, captions out."""

from __future__ import annotations

import codecs

import pytest

from services.entities.media import Segment
from services.media import captions, subtitles
from services.media.unreadable import Unreadable
from tests.services.media.recordings import write_media

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Shall we</i>
start?

2
00:00:02,000 --> 00:00:04,000
{\\an8}Yes &amp; no
"""
VTT = """WEBVTT
Language: en

NOTE a comment

intro
00:01.000 --> 00:02.500 align:start
<v.loud Ada>Shall we start?</v>

NOTE another
comment

00:00:03.000 --> 00:00:04.000
<c.yellow>Yes</c>
"""


def read(path):
    return [Segment(**each) for each in subtitles.read(str(path), None)]


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_an_srt_file_without_its_markup_and_with_what_overlaps(tmp_path):
    assert read(written(tmp_path / "a.srt", SRT)) == [
        Segment(1.0, 2.5, "Shall we start?"),
        Segment(2.0, 4.0, "Yes & no"),
    ]


def test_a_vtt_file_with_who_speaks_and_without_comments_and_names_of_cues(tmp_path):
    assert read(written(tmp_path / "a.vtt", VTT)) == [
        Segment(1.0, 2.5, "Shall we start?", "Ada"),
        Segment(3.0, 4.0, "Yes"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_older_encodings(tmp_path, encoding):
    said = "Größere Brücken führen später über den Fluß. " * 8
    path = written(tmp_path / "a.srt", f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{said}\r\n", encoding)
    assert read(path)[0].text == said.strip()


def test_cues_that_make_no_sense_are_left_out_or_mended(tmp_path):
    text = "\n\n".join(
        (
            "x\n00:00:05,000 --> 00:00:06,000\nlast",
            "nonsense",
            "1\n00:00:03,000 --> 00:00:01,000\nends before it begins",
            "2\n99:99 --> 00:00:04,000\nno time",
            "3\n00:00:04,000 --> 00:00:05,000\n   ",
        )
    )
    found = read(written(tmp_path / "a.srt", text))
    assert [(each.start, each.end) for each in found] == [(3.0, 3.0), (5.0, 6.0)]
    assert found[0].text.startswith("ends before it begins")


def test_no_cue_at_all_is_damaged(tmp_path):
    with pytest.raises(Unreadable, match="damaged"):
        read(written(tmp_path / "a.srt", "once upon a time"))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_track_inside_a_video(tmp_path, name):
    path = write_media(
        tmp_path / name, seconds=3, subtitles=[(0.5, 1.5, "Hello <b>there</b>"), (2, 3, "Größe")]
    )
    assert subtitles.read(str(path), 2) == [
        {"start": 0.5, "end": 1.5, "text": "Hello there", "speaker": None},
        {"start": 2.0, "end": 3.0, "text": "Größe", "speaker": None},
    ]


@pytest.mark.parametrize("stream", [0, 7, -1])
def test_a_track_that_is_none(tmp_path, stream):
    path = write_media(tmp_path / "a.mp4", seconds=1)
    with pytest.raises(Unreadable, match="type"):
        subtitles.read(str(path), stream)


def test_a_line_of_ass_without_its_fields():
    assert subtitles._text("ass", rb"3,0,Default,Ada,0,0,0,,{\i1}Well,\N yes") == (r"{\i1}Well,\N yes", "Ada")
    assert subtitles.shown(r"{\i1}Well,\N yes") == "Well, yes"


# ---- captions --------------------------------------------------------------------------------

SAID = [
    Segment(0.0, 1.5, "Shall we start?", "Ada"),
    Segment(1.5, 2.0, "Yes <now> & *here* --> there"),
    Segment(3_661.25, 3_661.25, "Good."),
]


def test_srt():
    assert captions.write(SAID, "srt") == (
        "1\n00:00:00,000 --> 00:00:01,500\nAda: Shall we start?\n\n"
        "2\n00:00:01,500 --> 00:00:02,000\nYes <now> & *here* → there\n\n"
        "3\n01:01:01,250 --> 01:01:01,251\nGood.\n\n"
    )


def test_vtt():
    assert captions.write(SAID, "vtt") == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.500\n<v Ada>Shall we start?\n\n"
        "00:00:01.500 --> 00:00:02.000\nYes &lt;now&gt; &amp; *here* --&gt; there\n\n"
        "01:01:01.250 --> 01:01:01.251\nGood.\n\n"
    )


@pytest.mark.parametrize("form", ["srt", "vtt"])
def test_what_is_written_is_read_again(tmp_path, form):
    path = written(tmp_path / f"a.{form}", captions.write([Segment(1.0, 2.0, "Größe & Gewicht")], form))
    assert read(path) == [Segment(1.0, 2.0, "Größe & Gewicht")]
    assert not path.read_bytes().startswith(codecs.BOM_UTF8)
