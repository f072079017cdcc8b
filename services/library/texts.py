"""Transcripts and documents as passages, and passages as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from services.entities.library import Content, Passage
from services.entities.media import AudioPart, MediaKind, Page, Segment, Transcript
from services.media import captions
from services.media.times import timecode
from services.media.timing import segments_of

LONGEST_SECONDS, LONGEST_TEXT, SENTENCE = 12.0, 220, 40
PARAGRAPH = 700  # characters of a document's passage
EVERY_PART = 10_000
"""Numbers that each part of the sound has for its passages."""
FORMATS = ("srt", "vtt", "txt", "md")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def said_in(part: AudioPart, transcript: Transcript) -> list[Passage]:
    """Where the provider gives no times, its sentences share the part's by their length."""
    segments = transcript.segments or segments_of(part, transcript.text)
    return list(numbered(grouped(segments), part.number * EVERY_PART))


def grouped(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Short pieces joined to sentences: a phrase may run over two lines of subtitles."""
    held: Segment | None = None
    for segment in segments:
        text = " ".join(segment.text.split())
        if not text:
            continue
        if held is not None and _fits(held, segment, text):
            held = Segment(held.start, segment.end, f"{held.text} {text}", held.speaker)
            continue
        if held is not None:
            yield held
        held = Segment(segment.start, segment.end, text, segment.speaker)
    if held is not None:
        yield held


def _fits(held: Segment, segment: Segment, text: str) -> bool:
    ended = held.text.endswith((".", "!", "?", "…")) and len(held.text) > SENTENCE
    return (
        not ended
        and held.speaker == segment.speaker
        and segment.end - held.start <= LONGEST_SECONDS
        and len(held.text) + len(text) < LONGEST_TEXT
    )


def numbered(segments: Iterable[Segment], first: int = 0) -> Iterator[Passage]:
    for number, segment in enumerate(segments, first):
        yield Passage(number, segment.text, segment.start, segment.end, speaker=segment.speaker)


def written_on(pages: Sequence[Page]) -> list[Passage]:
    """A page's paragraphs, joined while they are short and cut where they are long."""
    texts = ((page.number, piece) for page in pages for piece in _pieces(page))
    return [Passage(number, text, page=page) for number, (page, text) in enumerate(texts)]


def _pieces(page: Page) -> Iterator[str]:
    held = page.title.strip()
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*[-•*#\d])", page.text):
        for piece in _cut(" ".join(paragraph.split())):
            if held and len(held) + len(piece) > PARAGRAPH:
                yield held
                held = piece
            else:
                held = f"{held}\n{piece}".strip()
    if held:
        yield held


def _cut(text: str) -> Iterator[str]:
    while len(text) > PARAGRAPH:
        at = text.rfind(" ", PARAGRAPH // 2, PARAGRAPH)
        at = at if at > 0 else PARAGRAPH
        yield text[:at].strip()
        text = text[at:].strip()
    if text:
        yield text


# -- as files ------------------------------------------------------------------------------------


def exported(content: Content, passages: Sequence[Passage], form: str) -> str:
    """`form`: one of FORMATS."""
    match form:
        case "srt" | "vtt":
            said = (Segment(p.start or 0.0, p.end or 0.0, _line(p)) for p in passages)
            return captions.write(said, form)
        case "txt":
            return "\n".join(_line(passage) for passage in passages) + "\n"
        case _:
            return _markdown(content, passages)


def has_times(content: Content) -> bool:
    return content.kind in {MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.SUBTITLES}


def _markdown(content: Content, passages: Sequence[Passage]) -> str:
    lines = [f"# {unmarked(content.title)}", ""]
    lines += [unmarked(content.summary), ""] if content.summary else []
    lines += [f"Tags: {unmarked(', '.join(content.tags))}", ""] if content.tags else []
    if content.chapters:
        chapters = (f"- {timecode(each.start)} {unmarked(each.title)}" for each in content.chapters)
        lines += ["## Chapters", "", *chapters, ""]
    lines += ["## Transcript" if has_times(content) else "## Text", ""]
    for passage in passages:
        at, said = where(passage), unmarked(_line(passage))
        lines += [f"**{at}** {said}" if at else said, ""]
    return "\n".join(lines)


def unmarked(text: str) -> str:
    """Words of people and models inside Markdown: nothing but text."""
    return _MARKDOWN.sub(r"\\\1", text)


def where(passage: Passage) -> str:
    """`1:23`, or `page 4`."""
    if passage.start is not None:
        return timecode(passage.start)
    return f"page {passage.page}" if passage.page else ""


def _line(passage: Passage) -> str:
    return f"{passage.speaker}: {passage.text}" if passage.speaker else passage.text
