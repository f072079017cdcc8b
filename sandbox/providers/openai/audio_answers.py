"""Transcripts in every format that OpenAI writes them in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.providers import tokens
from sandbox.providers.media.cues import Cue, Speech
from sandbox.providers.openai.audio_requests import TranscriptionRequest, ability

SILENCE = "[silence]"
TOKENS_A_SECOND = 10
JSON, PLAIN = "application/json", "text/plain; charset=utf-8"
LANGUAGES = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "uk": "ukrainian",
    "zh": "chinese",
}


@dataclass(frozen=True, slots=True)
class Transcript:
    """Without cues the recording is silent, as far as anyone can tell."""

    asked: TranscriptionRequest
    speech: Speech
    seconds: float

    @property
    def text(self) -> str:
        return _spelled(self.speech.text, self.asked.keywords or []) or SILENCE

    @property
    def silent(self) -> bool:
        return not self.speech.cues

    @property
    def cues(self) -> tuple[Cue, ...]:
        return self.speech.cues or (Cue(SILENCE, 0.0, self.seconds),)

    @property
    def languages(self) -> list[str]:
        """What the recording says of itself, else what the asker said of it: nobody listens here."""
        if self.silent:
            return []
        told = [*(self.asked.languages or []), *filter(None, [self.asked.language])]
        return [self.speech.language] if self.speech.language else told[:1]

    def usage(self) -> dict[str, Any]:
        if ability(self.asked.model).by_duration:
            return {"type": "duration", "seconds": round(self.seconds, 3)}
        heard, read = self.audio_tokens, tokens.count(self.asked.prompt or "")
        written = tokens.count(self.text)
        return {
            "type": "tokens",
            "input_tokens": heard + read,
            "input_token_details": {"audio_tokens": heard, "text_tokens": read},
            "output_tokens": written,
            "total_tokens": heard + read + written,
        }

    @property
    def audio_tokens(self) -> int:
        return max(1, round(self.seconds * TOKENS_A_SECOND))

    @property
    def content_type(self) -> str:
        return JSON if self.asked.response_format.endswith("json") else PLAIN

    def body(self) -> bytes:
        match self.asked.response_format:
            case "text":
                return f"{self.text}\n".encode()
            case "srt":
                return _srt(self.cues).encode()
            case "vtt":
                return _vtt(self.cues).encode()
            case "verbose_json":
                return orjson.dumps(_verbose(self))
            case "diarized_json":
                return orjson.dumps(_diarized(self))
        return orjson.dumps(_plain(self))


def _spelled(text: str, keywords: list[str]) -> str:
    """Keywords tell how a word is written, so they never add one."""
    spellings = {word.lower(): word for word in keywords if word}
    if not spellings:
        return text
    any_word = "|".join(re.escape(word) for word in sorted(spellings, key=len, reverse=True))
    found = re.compile(rf"(?<!\w)(?:{any_word})(?!\w)", re.IGNORECASE)
    return found.sub(lambda match: spellings.get(match[0].lower(), match[0]), text)


def _plain(made: Transcript) -> dict[str, Any]:
    body: dict[str, Any] = {"text": made.text, "usage": made.usage()}
    if made.asked.model == "gpt-transcribe":
        body["languages"] = [{"code": code} for code in made.languages]
    if made.asked.include:
        pieces = tokens.split(made.text)
        body["logprobs"] = [
            {"token": piece, "logprob": -0.01, "bytes": list(piece.encode())} for piece in pieces
        ]
    return body


def _verbose(made: Transcript) -> dict[str, Any]:
    code = (made.languages or [made.asked.language or "en"])[0]
    wanted = made.asked.timestamp_granularities or ["segment"]
    body: dict[str, Any] = {
        "task": "transcribe",
        "language": LANGUAGES.get(code, code),
        "duration": round(made.seconds, 3),
        "text": made.text,
        "usage": made.usage(),
    }
    if "word" in wanted:
        words = [word for cue in made.speech.cues for word in cue.words()]
        body["words"] = [{"word": word.text, "start": word.start, "end": word.end} for word in words]
    if "segment" in wanted:
        body["segments"] = [_segment(at, cue, made) for at, cue in enumerate(made.cues)]
    return body


def _segment(at: int, cue: Cue, made: Transcript) -> dict[str, Any]:
    return {
        "id": at,
        "seek": int(cue.start // 30) * 3_000,
        "start": cue.start,
        "end": cue.end,
        "text": f" {cue.text}",
        "tokens": list(range(tokens.count(cue.text))),
        "temperature": float(made.asked.temperature or 0),
        "avg_logprob": -0.1,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.99 if made.silent else 0.01,
    }


def _diarized(made: Transcript) -> dict[str, Any]:
    known, labels = made.asked.known_speaker_names or [], dict[str | None, str]()
    for cue in made.speech.cues:
        if cue.speaker not in labels:
            strangers = sum(label not in known for label in labels.values())
            known_one = cue.speaker if cue.speaker in known else None
            labels[cue.speaker] = known_one or chr(ord("A") + strangers % 26)
    segments = [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{at}",
            "start": cue.start,
            "end": cue.end,
            "speaker": labels[cue.speaker],
            "text": cue.text,
        }
        for at, cue in enumerate(made.speech.cues)
    ]
    whole = {"task": "transcribe", "duration": round(made.seconds, 3), "text": made.text}
    return {**whole, "segments": segments, "usage": made.usage()}


def _srt(cues: tuple[Cue, ...]) -> str:
    return "".join(
        f"{at}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n\n"
        for at, cue in enumerate(cues, start=1)
    )


def _vtt(cues: tuple[Cue, ...]) -> str:
    return "WEBVTT\n\n" + "".join(_vtt_cues(cues))


def _vtt_cues(cues: tuple[Cue, ...]) -> Iterator[str]:
    for cue in cues:
        said = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        yield f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{said}\n\n"


def _clock(seconds: float, point: str) -> str:
    minutes, milliseconds = divmod(round(seconds * 1_000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1_000:02}{point}{milliseconds % 1_000:03}"
