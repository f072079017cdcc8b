"""A film around a talk: who speaks, and what about. Its codecs follow from the name of the file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.recordings.talk import Line, Talk

if TYPE_CHECKING:
    from PIL import Image

CODECS = {".mp4": ("libx264", "aac"), ".mov": ("libx264", "aac"), ".mkv": ("libx264", "aac"),
          ".webm": ("libvpx", "libopus")}  # fmt: skip
QUICK = {"libx264": {"preset": "ultrafast", "crf": "30"}, "libvpx": {"deadline": "realtime", "cpu-used": "8"}}
SOUND_RATE, BITS = 48_000, 96_000
FRAMES = 5  # a second
WIDTH, HEIGHT = 640, 360
NIGHT, INK, FAINT = (23, 24, 33), (244, 244, 245), (146, 148, 160)
COLOURS = ((232, 163, 61), (75, 163, 153), (180, 120, 200))


@dataclass(frozen=True, slots=True)
class Film:
    """`subtitles`: whether it has a track of them. `chapters`: (start, end, title)."""

    title: str
    talk: Talk
    subtitles: bool = False
    chapters: tuple[tuple[float, float, str], ...] = ()
    language: str = "eng"


def write_film(path: Path, film: Film) -> Path:
    import av

    pictures, sound = CODECS[path.suffix]
    moov_first = {"movflags": "+faststart"} if path.suffix in {".mp4", ".mov"} else {}
    with av.open(str(path), "w", options=moov_first) as out:
        video: Any = out.add_stream(pictures, rate=FRAMES, options=QUICK[pictures])
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.gop_size = 2 * FRAMES
        audio: Any = out.add_stream(sound, rate=SOUND_RATE, layout="mono")
        audio.bit_rate = BITS
        audio.metadata["language"] = film.language
        codec = "mov_text" if path.suffix in {".mp4", ".mov"} else "subrip"
        track = out.add_mux_stream(codec) if film.subtitles else None
        if film.chapters:
            out.set_chapters([_chapter(number, *each) for number, each in enumerate(film.chapters, start=1)])
        out.metadata["title"] = film.title
        _pictures(out, video, film)
        _sound(out, audio, film.talk)
        for cue in film.talk.cues if track is not None else ():
            out.mux(_subtitle(track, codec, *cue))
    return path


def _pictures(out: Any, stream: Any, film: Film) -> None:
    import av

    made: Any = av.VideoFrame
    speakers = list(dict.fromkeys(line.speaker for _, _, line in film.talk.turns))
    shown, picture = None, None
    for number in range(round(film.talk.seconds * FRAMES)):
        at = number / FRAMES
        line = next((line for start, end, line in film.talk.turns if start <= at <= end), None)
        if picture is None or (line is not None and line is not shown):
            shown = line or film.talk.turns[0][2]
            picture = _card(film.title, shown, COLOURS[speakers.index(shown.speaker) % len(COLOURS)])
        frame = made.from_image(_moved(picture, at / film.talk.seconds))
        frame.pts, frame.time_base = number, Fraction(1, FRAMES)
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _card(title: str, line: Line, colour: tuple[int, int, int]) -> Image.Image:
    from PIL import Image, ImageDraw, ImageFont

    card = Image.new("RGB", (WIDTH, HEIGHT), NIGHT)
    draw = ImageDraw.Draw(card)
    draw.ellipse((70, 90, 200, 220), fill=colour)
    draw.pieslice((30, 215, 240, 425), 180, 360, fill=colour)
    draw.text((280, 110), line.speaker or "", fill=INK, font=ImageFont.load_default(30))
    draw.text((280, 155), title, fill=FAINT, font=ImageFont.load_default(18))
    return card


def _moved(card: Image.Image, share: float) -> Image.Image:
    from PIL import ImageDraw

    frame = card.copy()
    ImageDraw.Draw(frame).rectangle((0, HEIGHT - 6, round(WIDTH * share), HEIGHT), fill=INK)
    return frame


def _sound(out: Any, stream: Any, talk: Talk) -> None:
    import av

    resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=SOUND_RATE)
    frame = av.AudioFrame.from_ndarray(talk.samples[None, :], format="flt", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 16_000, 0, Fraction(1, 16_000)
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(stream.encode(piece))
    out.mux(stream.encode(None))


def _chapter(number: int, start: float, end: float, title: str) -> Any:
    base = Fraction(1, 1_000)
    times = {"start": round(start * 1_000), "end": round(end * 1_000), "time_base": base}
    return {"id": number, **times, "metadata": {"title": title}}


def _subtitle(track: Any, codec: str, start: float, end: float, text: str) -> Any:
    import av

    said = text.encode()
    packet = av.Packet(len(said).to_bytes(2, "big") + said if codec == "mov_text" else said)
    packet.stream, packet.time_base = track, Fraction(1, 1_000)
    packet.pts = packet.dts = round(start * 1_000)
    packet.duration = round((end - start) * 1_000)
    return packet
