"""Speech to text at OpenAI: each model is asked for the most it can tell, times and speakers included.

`gpt-transcribe` tells neither, and is the only one there after February 2027; times are then estimated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
from openai import AsyncOpenAI, OpenAIError

from services.entities.calls import Usage
from services.entities.media import AudioPart, Segment, Transcript
from services.languages import code_of
from services.media.safe import one_line
from services.media.timing import nothing, segments_of
from services.models.failures import Fault, fault_of, refusal

PROVIDER = "openai"
SECONDS = 120.0
"""For one part, sent and answered; it is under a minute of sound."""
KEYWORDS, LONGEST_KEYWORD = 100, 60
MIMETYPES = {".flac": "audio/flac", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav"}


@dataclass(frozen=True, slots=True)
class Ability:
    """`format` is the one that tells most. `many`: takes lists of languages and keywords; else one and a prompt."""

    format: str = "json"
    many: bool = False
    prompted: bool = True
    extra: tuple[tuple[str, Any], ...] = ()


NEWEST = Ability(many=True)
ABILITIES = {
    "whisper-1": Ability("verbose_json", extra=(("timestamp_granularities", ["segment"]),)),
    "gpt-4o-transcribe": Ability(),
    "gpt-4o-mini-transcribe": Ability(),
    "gpt-4o-transcribe-diarize": Ability(
        "diarized_json", prompted=False, extra=(("chunking_strategy", "auto"),)
    ),
}
"""Those that end; any other is asked as the newest is."""


class OpenAITranscriber:
    """`client` must have been made with `max_retries=0`."""

    def __init__(self, client: AsyncOpenAI, name: str, *, seconds: float = SECONDS) -> None:
        self._client, self._name, self._seconds = client, name, seconds
        self._able = ABILITIES.get(name, NEWEST)

    @property
    def provider(self) -> str:
        return PROVIDER

    @property
    def name(self) -> str:
        return self._name

    async def transcribe(
        self, part: AudioPart, *, languages: Sequence[str] = (), words: Sequence[str] = ()
    ) -> tuple[Transcript, Usage]:
        sound = await asyncio.to_thread(part.path.read_bytes)
        answer = await self._asked(
            file=(part.path.name, sound, MIMETYPES.get(part.path.suffix, "application/octet-stream")),
            model=self._name,
            response_format=self._able.format,
            **dict(self._able.extra),
            **hints(self._able, languages, words),
        )
        return transcript_of(part, answer), usage_of(part, answer)

    async def _asked(self, **request: Any) -> Mapping[str, Any]:
        """The answer as it came. Raises ModelUnavailable or ModelRejected."""
        try:
            async with asyncio.timeout(self._seconds):
                raw = await self._client.audio.transcriptions.with_raw_response.create(**request)
                answer = raw.http_response.json()
        except (OpenAIError, httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            raise refusal(PROVIDER, fault_of(error)) from None  # its message may quote the request
        except ValueError:
            raise refusal(PROVIDER, Fault("sent an answer that cannot be read")) from None
        if not isinstance(answer, Mapping) or not isinstance(answer.get("text"), str):
            raise refusal(PROVIDER, Fault("sent an answer that cannot be read"))
        return answer


def hints(able: Ability, languages: Sequence[str], words: Sequence[str]) -> dict[str, Any]:
    """`languages` as codes of two or three letters; a region after them is left out."""
    codes = list(dict.fromkeys(code for each in languages if (code := each.lower().split("-")[0]).isalpha()))
    terms = [term[:LONGEST_KEYWORD] for word in words if (term := one_line(word))][:KEYWORDS]
    if able.many:
        return {name: value for name, value in (("languages", codes), ("keywords", terms)) if value}
    found: dict[str, Any] = {"language": codes[0]} if len(codes) == 1 else {}
    return found | ({"prompt": ", ".join(terms)} if terms and able.prompted else {})


def transcript_of(part: AudioPart, answer: Mapping[str, Any]) -> Transcript:
    text = one_line(answer["text"])
    if nothing(text):
        return Transcript("", _language(answer))
    given = [_segment(each) for each in answer.get("segments") or ()]
    return Transcript(text, _language(answer), tuple(segments_of(part, text, given)))


def _segment(told: Mapping[str, Any]) -> Segment:
    return Segment(float(told["start"]), float(told["end"]), str(told["text"]), told.get("speaker") or None)


def _language(answer: Mapping[str, Any]) -> str | None:
    """A code, where the model is sure of any."""
    if codes := [each.get("code") for each in answer.get("languages") or ()]:
        return code_of(codes[0] or "")
    named = answer.get("language")  # whisper-1 tells it in English
    return code_of(named) if isinstance(named, str) else None


def usage_of(part: AudioPart, answer: Mapping[str, Any]) -> Usage:
    """What was counted; without a count, the part's own length."""
    told = answer.get("usage") or {}
    if told.get("type") == "duration":
        return Usage(seconds=float(told["seconds"]))
    length = round(part.end - part.start, 3)
    if told.get("type") == "tokens":
        return Usage(
            tokens_in=int(told["input_tokens"]), tokens_out=int(told["output_tokens"]), seconds=length
        )
    return Usage(seconds=length, estimated=True)
