"""Transcription requests: the fields of the form, and what each model takes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, NoReturn

from pydantic import Field

from sandbox.providers.forms import Upload
from sandbox.providers.house import Refusal
from sandbox.providers.openai import rules
from sandbox.providers.wire import Wire

EXTENSIONS = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
SPEAKERS = 4
SHORTEST = 0.1
UNCHUNKED = 30.0

Format = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]
Code = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


@dataclass(frozen=True, slots=True)
class Ability:
    """What one model does. `longest` is in seconds; fields that are not among `takes` are refused."""

    formats: tuple[Format, ...]
    takes: frozenset[str]
    by_duration: bool
    longest: float | None = None


PROMPTED = frozenset({"prompt", "language", "temperature", "chunking_strategy"})
SHORT = 1_400.0
NEWEST = Ability(("json",), PROMPTED | {"languages", "keywords"}, by_duration=True)
WHISPER = Ability(
    ("json", "text", "srt", "verbose_json", "vtt"),
    PROMPTED - {"chunking_strategy"} | {"timestamp_granularities"},
    by_duration=True,
)
GPT_4O = Ability(("json",), PROMPTED | {"include"}, by_duration=False, longest=SHORT)
DIARIZE = Ability(
    ("json", "text", "diarized_json"),
    PROMPTED - {"prompt"} | {"known_speaker_names", "known_speaker_references"},
    by_duration=False,
    longest=SHORT,
)


class Vad(Wire):
    type: Literal["server_vad"]
    prefix_padding_ms: str | None = None
    silence_duration_ms: str | None = None
    threshold: str | None = None


class TranscriptionRequest(Wire):
    """Everything in a form is text. Of `stream` the sandbox knows only that nobody wants it."""

    model: str
    response_format: Format = "json"
    prompt: str | None = None
    language: Code | None = None
    languages: list[Code] | None = None
    keywords: list[str] | None = None
    temperature: Annotated[str, Field(pattern=r"^(0(\.\d+)?|1(\.0+)?)$")] | None = None
    timestamp_granularities: list[Literal["word", "segment"]] | None = None
    include: list[Literal["logprobs"]] | None = None
    chunking_strategy: Literal["auto"] | Vad | None = None
    known_speaker_names: list[str] | None = None
    known_speaker_references: list[str] | None = None
    stream: Literal["false"] | None = None


def ability(model: str) -> Ability:
    rules.known_model(model)
    abilities = {
        "gpt-transcribe": NEWEST,
        "whisper-1": WHISPER,
        "gpt-4o-transcribe": GPT_4O,
        "gpt-4o-mini-transcribe": GPT_4O,
        "gpt-4o-transcribe-diarize": DIARIZE,
    }
    if model not in abilities:
        rules.invalid(f"Model {model} does not transcribe audio.", "model", "invalid_value")
    return abilities[model]


def check(asked: TranscriptionRequest) -> None:
    able = ability(asked.model)
    if asked.response_format not in able.formats:
        message = (
            f"response_format '{asked.response_format}' is not compatible with model '{asked.model}'. "
            f"Use one of: {', '.join(able.formats)}."
        )
        rules.invalid(message, "response_format", "unsupported_value")
    given = asked.model_dump(exclude_none=True).keys() - {"model", "response_format", "stream"}
    if refused := sorted(given - able.takes):
        message = f"Unsupported parameter: '{refused[0]}' is not supported with model '{asked.model}'."
        rules.invalid(message, refused[0], "unsupported_parameter")
    if asked.timestamp_granularities and asked.response_format != "verbose_json":
        message = "timestamp_granularities needs response_format 'verbose_json'."
        rules.invalid(message, "timestamp_granularities", "invalid_value")
    _speakers(asked)


def check_name(file: Upload) -> None:
    extension = file.name.lower().rpartition(".")[2]
    if extension not in EXTENSIONS and not file.content_type.startswith(("audio/", "video/")):
        unreadable()


def unreadable() -> NoReturn:
    message = f"Invalid file format. Supported formats: {list(EXTENSIONS)}"
    raise Refusal(400, "invalid_request_error", message, param="file")


def check_length(asked: TranscriptionRequest, seconds: float) -> None:
    longest = ability(asked.model).longest
    if seconds < SHORTEST:
        message = f"Audio file is too short. Minimum audio length is {SHORTEST} seconds."
        rules.invalid(message, "file", "audio_too_short")
    if longest and seconds > longest:
        message = (
            f"audio duration {seconds:g} seconds is longer than {longest:g} seconds "
            "which is the maximum for this model"
        )
        rules.invalid(message, "file", "invalid_value")
    diarizes = asked.model == "gpt-4o-transcribe-diarize"
    if diarizes and seconds > UNCHUNKED and asked.chunking_strategy is None:
        message = "chunking_strategy is required for diarization models"
        rules.invalid(message, "chunking_strategy", "missing_required_parameter")


def _speakers(asked: TranscriptionRequest) -> None:
    names = asked.known_speaker_names or []
    references = asked.known_speaker_references or []
    if len(names) > SPEAKERS:
        rules.invalid(f"At most {SPEAKERS} known speakers are supported.", "known_speaker_names")
    if len(names) != len(references):
        message = "known_speaker_names and known_speaker_references must have the same length."
        rules.invalid(message, "known_speaker_references")
    if any(not reference.startswith("data:") for reference in references):
        rules.invalid("Each known speaker reference must be a data URL.", "known_speaker_references")
