"""Reading recordings by hand: kind, length and hidden text."""

from __future__ import annotations

import pytest

from sandbox.providers import media
from sandbox.providers.media import cues
from tests.sandbox import providers_media as made

SAID = "We raise the price in März."
READABLE = {
    "wav": (made.wav(2, SAID), "wav", 2.0),
    "mp3 with TXXX": (made.mp3(50, made.id3(b"TXXX", "spoken", SAID)), "mp3", 50 * made.MP3_SECONDS),
    "mp3 with USLT": (made.mp3(50, made.id3(b"USLT", "", SAID)), "mp3", 50 * made.MP3_SECONDS),
    "mp3 with COMM of ID3v2.3": (made.mp3(5, made.id3(b"COMM", "spoken", SAID, 3)), "mp3", 5 * 0.036),
    "mp3 with Xing": (made.id3(b"TXXX", "SPOKEN", SAID) + made.xing(1_000), "mp3", 36.0),
    "flac": (made.flac(3, "TITLE=x", f"spoken={SAID}"), "flac", 3.0),
    "opus": (made.opus(4, f"SPOKEN={SAID}"), "ogg", 4.0),
    "vorbis": (made.vorbis(5, f"COMMENT={SAID}"), "ogg", 5.0),
    "m4a by QuickTime": (made.mp4(6, made.quicktime_comment(SAID)), "mp4", 6.0),
    "mp4 by iTunes": (made.mp4(7, made.itunes_comment(SAID)), "mp4", 7.0),
    "webm": (made.webm(8.5, SAID), "webm", 8.5),
}
SILENT = {
    "wav": made.wav(1),
    "mp3": made.mp3(10),
    "flac": made.flac(1),
    "opus": made.opus(1),
    "mp4": made.mp4(1),
    "webm": made.webm(1),
    "only blanks": made.wav(1, "  \n "),
    "a comment of iTunes": made.mp3(10, made.id3(b"COMM", "iTunNORM", "0000 0000")),
    "another named text": made.mp3(10, made.id3(b"TXXX", "encoder", "by hand")),
}
BROKEN = {
    "nothing": b"",
    "text": b"hello there",
    "page": b"<html>Sign in</html>",
    "wav without data": b"RIFF\x04\0\0\0WAVE",
    "wav with half a format": b"RIFF\x04\0\0\0WAVE" + made.chunk(b"fmt ", b"\1") + made.chunk(b"data", b""),
    "mp3 tag alone": made.id3(b"TXXX", "spoken", SAID),
    "flac cut": made.flac(1)[:20],
    "ogg of another kind": made.page(0, b"Speex"),
    "mp4 without movie": made.box(b"ftyp", b"M4A "),
    "mp4 with a tiny box": made.box(b"ftyp", b"M4A ") + b"\0\0\0\2moov",
    "webm without end": made.webm(float("inf")),
    "webm cut": made.webm(1)[:40],
}


@pytest.mark.parametrize(("data", "kind", "seconds"), READABLE.values(), ids=READABLE)
def test_hidden_text_and_length_are_read(data: bytes, kind: str, seconds: float) -> None:
    recording = media.read(data)
    assert (recording.kind, recording.spoken) == (kind, SAID)
    assert recording.seconds == pytest.approx(seconds)


@pytest.mark.parametrize("data", SILENT.values(), ids=SILENT)
def test_a_recording_without_text_says_nothing(data: bytes) -> None:
    assert media.read(data).spoken is None


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_recording_is_unreadable(data: bytes) -> None:
    with pytest.raises(media.Unreadable):
        media.read(data)


@pytest.mark.parametrize("kind", READABLE)
def test_a_recording_cut_anywhere_is_read_or_unreadable(kind: str) -> None:
    data = READABLE[kind][0]
    for end in range(0, min(len(data), 400), 7):
        try:
            assert media.read(data[:end]).seconds >= 0
        except media.Unreadable:
            continue


def test_long_hidden_text_spans_ogg_segments() -> None:
    text = "word " * 500
    assert media.read(made.opus(1, f"SPOKEN={text}")).spoken == text.strip()


def test_subtitles_give_their_own_times() -> None:
    text = made.srt(
        ("00:00:01,000", "00:00:02,500", "Hello\n<i>there</i>."), ("00:01:00,000", "00:01:01,000", "Bye.")
    )
    assert cues.read(text, 100.0).cues == (
        cues.Cue("Hello there.", 1.0, 2.5),
        cues.Cue("Bye.", 60.0, 61.0),
    )


def test_the_subtitle_track_of_an_mp4_is_read() -> None:
    recording = media.read(
        made.subtitled_mp4(9, (1_500, "Hello."), (500, ""), (2_000, "How are\nyou?"), (10, "Bye."))
    )
    assert recording.spoken is not None
    assert cues.read(recording.spoken, recording.seconds).cues == (
        cues.Cue("Hello.", 0.0, 1.5),
        cues.Cue("How are you?", 2.0, 4.0),
        cues.Cue("Bye.", 4.0, 4.01),
    )


def test_webvtt_names_speakers_and_the_language() -> None:
    text = made.vtt([("00:01.000", "00:02.000", "<v Ada>Tea &amp; cake</v>")], "Language: de")
    assert cues.read(text, 5.0) == cues.Speech((cues.Cue("Tea & cake", 1.0, 2.0, "Ada"),), "de")


def test_plain_text_is_spread_over_the_recording() -> None:
    speech = cues.read("One two. And three!", 9.0)
    assert [cue.text for cue in speech.cues] == ["One two.", "And three!"]
    assert (speech.cues[0].start, speech.cues[0].end, speech.cues[1].end) == (0.0, 4.0, 9.0)


def test_words_share_out_the_time_of_their_cue() -> None:
    words = list(cues.Cue("aa bb", 1.0, 2.0).words())
    assert words == [cues.Word("aa", 1.0, 1.5), cues.Word("bb", 1.5, 2.0)]
