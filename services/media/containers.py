"""Video and sound files: what is inside, told by PyAV and by decoding the beginning of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.entities.media import MediaKind
from services.languages import code_of
from services.media.kinds import Form
from services.media.safe import one_line
from services.media.unreadable import Unreadable

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

STREAMS = 64
CHAPTERS = 500
PROBED = 8 * 2**20  # bytes read to find out what is inside
ANALYSED = 10_000_000  # microseconds
PACKETS = 5_000  # that one frame may need
TEXT_TRACKS = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
LONGEST_TITLE = 200
TAIL = 0.8
MICROSECONDS = 1_000_000


@contextmanager
def opened(path: Path, family: str) -> Iterator[InputContainer]:
    """As `family` and nothing else, over no other protocol. Raises Unreadable."""
    import av

    options = {
        "protocol_whitelist": "file",
        "probesize": str(PROBED),
        "analyzeduration": str(ANALYSED),
        "max_streams": str(STREAMS),
    }
    try:
        with av.open(
            str(path), format=family, container_options=options, metadata_errors="replace"
        ) as container:
            yield container
    except av.error.FFmpegError as error:
        raise Unreadable("too_large" if isinstance(error, MemoryError) else "damaged") from None


def only(container: InputContainer, wanted: Stream) -> None:
    """The packets of other streams are skipped, where the container can without reading them."""
    from av.stream import Discard

    for stream in container.streams:
        stream.discard = Discard.default if stream.index == wanted.index else Discard.all


def described(path: Path, form: Form, *, pixels: int, longest: float) -> dict[str, Any]:
    with opened(path, form.family) as container:
        moving, sound = pictures(container), _sound(container)
        _check(form, moving, sound, pixels)
        length = duration(container)
        if length > longest:
            raise Unreadable("too_long")
        shown = _decode(container, moving, pixels)
        _decode(container, sound, pixels)
        _check_tail(container, length)
        return {
            "kind": MediaKind.VIDEO if moving else MediaKind.AUDIO,
            "mimetype": form.declared[0] if moving or form.kind is MediaKind.AUDIO else _as_audio(form),
            "duration": round(length, 3),
            **_picture_facts(moving, shown),
            **_sound_facts(container, sound),
            "subtitles": _subtitles(container),
            "chapters": _chapters(container, length),
        }


def pictures(container: InputContainer) -> VideoStream | None:
    """The first that moves: a cover is a video stream, too."""
    from av.stream import Disposition

    covers = Disposition.attached_pic | Disposition.still_image
    return next((stream for stream in container.streams.video if not stream.disposition & covers), None)


def _sound(container: InputContainer) -> Any:
    return next(iter(container.streams.audio), None)


def _check(form: Form, moving: VideoStream | None, sound: Any, pixels: int) -> None:
    if moving is None and sound is None:
        raise Unreadable("damaged")
    if form.kind is MediaKind.AUDIO and moving is not None:
        raise Unreadable("mismatch")
    if moving is not None:
        check_size(moving.width, moving.height, pixels)


def check_size(width: int, height: int, pixels: int) -> None:
    if width * height > pixels:
        raise Unreadable("pixels")


def duration(container: InputContainer) -> float:
    """Recorders in browsers write none: then all packets are read, and nothing is decoded."""
    if container.duration and container.duration > 0:
        return container.duration / MICROSECONDS
    known = [float(s.duration * s.time_base) for s in container.streams if s.duration and s.time_base]
    if known:
        return max(known)
    last = max(map(_until, container.demux()), default=0.0)
    container.seek(0)
    return last


def _decode(container: InputContainer, stream: Any, pixels: int) -> Any:
    """One frame: what cannot be decoded at its beginning is not what it claims to be."""
    import av

    if stream is None:
        return None
    container.seek(0)
    wrong: Exception | None = None
    for number, packet in enumerate(container.demux(stream)):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError as error:
            wrong, frames = error, []
        if frames:
            if stream.type == "video":
                check_size(frames[0].width, frames[0].height, pixels)
            return frames[0]
        if number > PACKETS:
            break
    raise Unreadable("damaged") from wrong


def _check_tail(container: InputContainer, duration: float) -> None:
    """A file that was cut off still tells its whole length."""
    import av

    try:
        container.seek(int(duration * TAIL * MICROSECONDS), backward=True)
    except av.error.FFmpegError:  # without an index: from the beginning, then
        container.seek(0)
    if not any(_until(packet) >= duration * TAIL for packet in container.demux()):
        raise Unreadable("damaged")


def _until(packet: Packet[Any]) -> float:
    """Seconds; 0 for one without a time, as the last one of each stream is."""
    if packet.pts is None or not packet.time_base:
        return 0.0
    return float((packet.pts + (packet.duration or 0)) * packet.time_base)


def _as_audio(form: Form) -> str:
    return form.declared[0].replace("video/", "audio/").replace("audio/quicktime", "audio/mp4")


def _picture_facts(stream: VideoStream | None, frame: Any) -> dict[str, Any]:
    """Width and height as people see them: a telephone held upright writes them the other way round."""
    if stream is None:
        return {}
    rate = stream.average_rate or stream.base_rate
    width, height = (stream.height, stream.width) if frame.rotation % 180 else (stream.width, stream.height)
    return {
        "width": width,
        "height": height,
        "frame_rate": round(float(rate), 3) if rate else None,
        "video_codec": stream.codec_context.name,
    }


def _sound_facts(container: InputContainer, stream: Any) -> dict[str, Any]:
    if stream is None:
        return {}
    languages = dict.fromkeys(filter(None, map(_language, container.streams.audio)))
    return {"audio_codec": stream.codec_context.name, "audio_languages": list(languages)}


def _language(stream: Stream) -> str | None:
    return code_of(one_line(stream.metadata.get("language", ""))[:16])


def _subtitles(container: InputContainer) -> list[dict[str, Any]]:
    return [
        {
            "stream": stream.index,
            "language": _language(stream),
            "title": one_line(stream.metadata.get("title", ""))[:LONGEST_TITLE],
        }
        for stream in container.streams.subtitles
        if getattr(stream.codec_context, "name", "") in TEXT_TRACKS  # None where nothing decodes it
    ]


def _chapters(container: InputContainer, duration: float) -> list[dict[str, Any]]:
    found = []
    for chapter in container.chapters()[:CHAPTERS]:
        base = chapter["time_base"] or Fraction(0)
        start, end = float(chapter["start"] * base), float(chapter["end"] * base)
        if 0 <= start <= end and start <= duration:
            title = one_line(chapter["metadata"].get("title", ""))[:LONGEST_TITLE]
            found.append({"start": round(start, 3), "end": round(min(end, duration), 3), "title": title})
    return found
