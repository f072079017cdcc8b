"""Small recordings made by hand, with text hidden where each kind has room for it."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Sequence

MP3_FRAME = bytes.fromhex("fff348c4") + bytes(140)
"""MPEG 2 layer 3, 16 kHz, 32 kbit/s mono: 144 bytes for 36 ms."""
MP3_SECONDS = 0.036


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def wav(seconds: float, spoken: str = "") -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(1)
        made.setframerate(1_000)
        made.writeframes(bytes(int(seconds * 1_000)))
    comment = chunk(b"LIST", b"INFO" + chunk(b"ICMT", spoken.encode() + b"\0")) if spoken else b""
    return file.getvalue() + comment


def synchsafe(size: int) -> bytes:
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))


def id3(kind: bytes, name: str, spoken: str, version: int = 4) -> bytes:
    """Version 3 knows no UTF-8, so its texts are UTF-16."""
    language = b"" if kind == b"TXXX" else b"eng"
    if version == 4:
        body = b"\x03" + language + f"{name}\0{spoken}".encode()
        frame = kind + synchsafe(len(body)) + bytes(2) + body
    else:
        body = b"\x01" + language + f"{name}\0".encode("utf-16") + spoken.encode("utf-16")
        frame = kind + struct.pack(">I", len(body)) + bytes(2) + body
    return b"ID3" + bytes([version, 0, 0]) + synchsafe(len(frame)) + frame


def mp3(frames: int, tag: bytes = b"") -> bytes:
    return tag + MP3_FRAME * frames


def xing(frames: int) -> bytes:
    """One frame that tells of all the others."""
    head = MP3_FRAME[:4] + bytes(9) + b"Xing" + struct.pack(">II", 1, frames)
    return head + bytes(len(MP3_FRAME) - len(head))


def comments(*pairs: str) -> bytes:
    texts = [pair.encode() for pair in pairs]
    listed = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    return struct.pack("<I", 4) + b"hand" + struct.pack("<I", len(texts)) + listed


def flac(seconds: int, *pairs: str) -> bytes:
    packed = struct.pack(">Q", 16_000 << 44 | seconds * 16_000)
    info = bytes(10) + packed + bytes(16)
    comment = comments(*pairs)
    heads = struct.pack(">I", len(info)), struct.pack(">I", 0x84 << 24 | len(comment))
    return b"fLaC" + heads[0] + info + heads[1] + comment


def page(position: int, packet: bytes) -> bytes:
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    return b"OggS" + struct.pack("<BBQIIIB", 0, 0, position, 1, 0, 0, len(lacing)) + lacing + packet


def opus(seconds: int, *pairs: str) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 16_000, 0, 0)
    tags = b"OpusTags" + comments(*pairs)
    return page(0, head) + page(0, tags) + page(seconds * 48_000 + 312, b"sound")


def vorbis(seconds: int, *pairs: str) -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBI", 0, 1, 16_000) + bytes(14)
    return page(0, head) + page(0, b"\x03vorbis" + comments(*pairs)) + page(seconds * 16_000, b"sound")


def box(name: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), name) + body


def mp4(seconds: int, *user: bytes, tracks: bytes = b"") -> bytes:
    """`user` is what stands in `udta`."""
    header = bytes(12) + struct.pack(">II", 1_000, seconds * 1_000) + bytes(80)
    movie = box(b"moov", box(b"mvhd", header), tracks, box(b"udta", *user))
    return box(b"ftyp", b"M4A \0\0\0\0") + movie + box(b"mdat", b"sound")


def quicktime_comment(spoken: str) -> bytes:
    text = spoken.encode()
    return box(b"\xa9cmt", struct.pack(">HH", len(text), 0), text)


def itunes_comment(spoken: str) -> bytes:
    data = box(b"data", struct.pack(">II", 1, 0), spoken.encode())
    return box(b"meta", bytes(4), box(b"hdlr", bytes(25)), box(b"ilst", box(b"\xa9cmt", data)))


def subtitled_mp4(seconds: int, *lines: tuple[int, str]) -> bytes:
    """Each line lasts that many milliseconds; the samples stand in two chunks, at the end of the file."""
    samples = [struct.pack(">H", len(text.encode())) + text.encode() + b"style" for _, text in lines]
    first = len(mp4(seconds, tracks=_track(lines, samples, 0)))
    whole = mp4(seconds, tracks=_track(lines, samples, first + 8))
    return whole + box(b"mdat", *samples)


def _track(lines: Sequence[tuple[int, str]], samples: Sequence[bytes], at: int) -> bytes:
    """A chunk of one sample, then a chunk of all the others."""
    offsets = struct.pack(">II", at, at + len(samples[0]))
    table = box(
        b"stbl",
        box(b"stts", bytes(4), _counted(*(struct.pack(">II", 1, lasting) for lasting, _ in lines))),
        box(b"stsz", bytes(8), _counted(*(struct.pack(">I", len(sample)) for sample in samples))),
        box(
            b"stsc",
            bytes(4),
            _counted(struct.pack(">III", 1, 1, 1), struct.pack(">III", 2, len(lines) - 1, 1)),
        ),
        box(b"stco", bytes(4), struct.pack(">I", 2), offsets),
    )
    header = box(b"mdhd", bytes(12), struct.pack(">II", 1_000, 0), bytes(4))
    return box(b"trak", box(b"mdia", header, box(b"hdlr", bytes(8), b"sbtl", bytes(13)), box(b"minf", table)))


def _counted(*rows: bytes) -> bytes:
    return struct.pack(">I", len(rows)) + b"".join(rows)


def element(kind: str, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return bytes.fromhex(kind) + struct.pack(">Q", 1 << 56 | len(body)) + body


def webm(seconds: float, spoken: str = "") -> bytes:
    information = element("1549a966", element("4489", struct.pack(">d", seconds * 1_000)))
    simple = element("67c8", element("45a3", b"SPOKEN"), element("4487", spoken.encode()))
    tags = element("1254c367", element("7373", simple)) if spoken else b""
    return element("1a45dfa3", b"") + element("18538067", information, tags)


def srt(*lines: tuple[str, str, str]) -> str:
    return "\n\n".join(f"{at}\n{start} --> {end}\n{text}" for at, (start, end, text) in enumerate(lines, 1))


def vtt(lines: Sequence[tuple[str, str, str]], header: str = "") -> str:
    body = "\n\n".join(f"{start} --> {end}\n{text}" for start, end, text in lines)
    return f"WEBVTT\n{header}\n\n{body}\n"
