"""Sound cut at its pauses, and sentences given the times they were said at."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from services.entities.media import AudioPart, Segment
from services.media import sound
from services.media.cutting import RATE, Cutter
from services.media.timing import segments_of
from services.media.unreadable import Unreadable
from tests.services.media.recordings import silence, tone, write_media

HOUR = 3_600.0


def cut(*sounds: np.ndarray) -> list[tuple[float, float, bool]]:
    """(start, end, silent), in seconds; fed second by second."""
    cutter, whole = Cutter(), np.concatenate(sounds)
    pieces = [piece for at in range(0, len(whole), RATE) for piece in cutter.feed(whole[at : at + RATE])]
    pieces += cutter.end()
    assert all(before.end == after.start for before, after in pairwise(pieces))
    assert (pieces[0].start, pieces[-1].end) == (0, len(whole))
    assert all(piece.samples is None or len(piece.samples) == piece.end - piece.start for piece in pieces)
    return [(piece.start / RATE, piece.end / RATE, piece.samples is None) for piece in pieces]


def test_a_short_recording_is_one_part():
    assert cut(tone(12)) == [(0, 12, False)]


def test_a_long_one_is_cut_where_it_is_quiet():
    sentences = [sound for _ in range(12) for sound in (tone(6.5), silence(0.5))]
    found = cut(*sentences)
    for _, end, _ in found[:-1]:
        assert 6.5 <= end % 7 <= 7
    assert all(20 <= end - start <= 40 for start, end, _ in found[:-1])


def test_without_a_pause_it_is_cut_at_its_quietest():
    loud = [tone(25), tone(0.6, level=0.02), tone(30)]
    first, _ = cut(*loud)
    assert 25 <= first[1] <= 25.6


def test_a_long_pause_is_a_part_of_its_own_and_silent():
    assert cut(silence(8), tone(4), silence(30), tone(3)) == [
        (0, 7.8, True),
        (7.8, 12.2, False),
        (12.2, 41.8, True),
        (41.8, 45, False),
    ]


def test_a_click_is_not_speech():
    assert cut(silence(10), tone(0.03), silence(10))[-1][2]
    assert all(silent for _, _, silent in cut(silence(4), tone(0.03), silence(4)))


def test_stretches_of_speech_are_told():
    cutter = Cutter()
    list(cutter.feed(np.concatenate([silence(1), tone(2), silence(0.5), tone(1.5)])))
    (piece,) = cutter.end()
    told = [(start / RATE, end / RATE) for start, end in piece.speech]
    assert told == [pytest.approx((1, 3), abs=0.03), pytest.approx((3.5, 5), abs=0.03)]


# ---- of files --------------------------------------------------------------------------------


def parts(path: Path, folder: Path, longest: float = HOUR) -> list[AudioPart]:
    return [
        AudioPart(**{**each, "path": Path(each["path"])})
        for each in sound.parts(str(path), str(folder), longest)
    ]


@pytest.mark.parametrize(
    ("name", "pictures", "codec"),
    [("a.mp4", "libx264", "aac"), ("a.webm", "libvpx-vp9", "libopus"), ("a b'[1]:c.mp3", None, "libmp3lame")],
)
def test_the_sound_of_a_file_becomes_flac_parts_at_16_khz(tmp_path, name, pictures, codec):
    samples = np.concatenate([tone(3), silence(8), tone(2)])
    path = write_media(tmp_path / name, seconds=13, pictures=pictures, sound=codec, samples=samples)
    found = parts(path, tmp_path)
    assert [part.silent for part in found] == [False, True, False]
    assert [(part.start, part.end) for part in found] == [
        pytest.approx(times, abs=0.3) for times in ((0, 3.2), (3.2, 10.8), (10.8, 13))
    ]
    assert [part.path.exists() for part in found] == [True, False, True]
    with av.open(str(found[0].path)) as opened:
        (stream,) = opened.streams
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("flac", 16_000, 1)
        assert float(stream.duration * stream.time_base) == pytest.approx(
            found[0].end - found[0].start, abs=0.02
        )


def test_a_video_without_sound_has_no_parts(tmp_path):
    assert parts(write_media(tmp_path / "a.mp4", seconds=1, sound=None), tmp_path) == []


def test_a_silent_recording_is_one_silent_part_however_long(tmp_path):
    path = write_media(tmp_path / "a.flac", pictures=None, sound="flac", samples=silence(200))
    (part,) = parts(path, tmp_path)
    assert (part.start, part.end, part.silent) == (0, 200, True)


def test_sound_that_goes_on_for_longer_than_allowed(tmp_path):
    path = write_media(tmp_path / "a.flac", seconds=5, pictures=None, sound="flac")
    with pytest.raises(Unreadable, match="too_long"):
        parts(path, tmp_path, longest=3)


# ---- times -----------------------------------------------------------------------------------

PART = AudioPart(3, Path("part"), 100.0, 120.0, speech=((100.0, 104.0), (105.0, 113.0), (114.0, 120.0)))


def test_times_of_the_provider_are_moved_to_where_the_part_is():
    given = [Segment(0.5, 1.0, " Yes.", "A"), Segment(19.0, 25.0, " No.")]
    assert segments_of(PART, "Yes. No.", given) == [
        Segment(100.5, 101.0, "Yes.", "A"),
        Segment(119.0, 120.0, "No."),
    ]


def test_without_times_sentences_are_shared_out_and_meet_the_pauses():
    text = "We start now, my friends. " + "x" * 49 + ". " + "y" * 37 + "."
    assert [(each.start, each.end) for each in segments_of(PART, text)] == [
        (100.0, 104.0),
        (105.0, 113.0),
        (114.0, 120.0),
    ]


def test_without_pauses_they_follow_their_lengths():
    part = AudioPart(0, Path("part"), 10.0, 20.0)
    assert segments_of(part, "Yes. Yes, yes, yes!") == [
        Segment(10.0, 12.222, "Yes."),
        Segment(12.222, 20.0, "Yes, yes, yes!"),
    ]


def test_a_long_sentence_is_several_segments_and_nothing_is_lost():
    text = ", ".join(f"word number {n}" for n in range(60))
    found = segments_of(PART, text)
    assert " ".join(each.text for each in found) == text
    assert all(len(each.text) <= 200 for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("text", ["", "  ", "[silence]", "(music)", "[BLANK_AUDIO]"])
def test_what_nobody_said_is_no_segment(text):
    assert segments_of(PART, text) == []
    assert segments_of(PART, text, [Segment(0, 1, text)]) == []
