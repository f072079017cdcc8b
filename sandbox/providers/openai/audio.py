"""Audio transcription. The words are the recording's own, hidden in it as text; else it is silent."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.providers import media, tokens
from sandbox.providers.caching import Plan
from sandbox.providers.delivery import Pace, Script
from sandbox.providers.forms import Form, Upload
from sandbox.providers.house import House, new_id
from sandbox.providers.ledger import Paid, redacted
from sandbox.providers.media import cues
from sandbox.providers.openai import audio_requests, errors, rules
from sandbox.providers.openai.answering import shaped
from sandbox.providers.openai.audio_answers import Transcript
from sandbox.providers.openai.audio_requests import TranscriptionRequest
from sandbox.providers.openai.files import form_of
from sandbox.providers.sale import Sale, deliver

LARGEST = 25 * 2**20

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


class AudioApi:
    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[tuple[str, str, Handler]]:
        """(method, path after `/v1`, handler)"""
        return [("POST", "/audio/transcriptions", self._transcribe)]

    async def _transcribe(self, request: web.Request, request_id: str) -> web.StreamResponse:
        form = await form_of(request, LARGEST)
        asked = shaped(TranscriptionRequest, form.fields)
        audio_requests.check(asked)
        file = _file(form)
        made = await asyncio.to_thread(_transcript, asked, file, self._house.says)
        fault = self._house.faults.take("openai", asked.model)
        errors.turn_away(fault, asked.model, streamed=False)
        sale = Sale(
            paid=self._paid(request, request_id, made, form),
            plan=Plan(total=0, read=0, written={}, touched=(), entries=()),
            pace=Pace(self._house.speed, fault),
            tokens=tokens.count(made.text),
            stop="completed",
            headers=errors.headers(request_id),
            script=lambda: Script(b"", [], b"", lambda _: b""),
            whole=made.body,
            content_type=made.content_type,
        )
        return await deliver(self._house, request, sale)

    def _paid(self, request: web.Request, request_id: str, made: Transcript, form: Form) -> Paid:
        """Kept of the body are the fields and the file's name; its fingerprint is the file's."""
        file, usage = form.files["file"], made.usage()
        return Paid(
            request_id=request_id,
            answer_id=new_id("tr_"),
            provider="openai",
            model=made.asked.model,
            streamed=False,
            input_tokens=usage.get("input_tokens", 0),
            cached_tokens=0,
            cache_write_tokens=0,
            started=self._house.clock(),
            body_sha=hashlib.sha256(file.data).hexdigest(),
            headers=redacted(request.headers),
            usage=usage,
            body={**form.fields, "file": file.name},
            audio_seconds=made.seconds,
        )


def _file(form: Form) -> Upload:
    if set(form.files) - {"file"}:
        unknown = min(set(form.files) - {"file"})
        rules.invalid(f"Unknown parameter: '{unknown}'.", unknown, "unknown_parameter")
    if "file" not in form.files:
        rules.invalid("Missing required parameter: 'file'.", "file", "missing_required_parameter")
    return form.files["file"]


def _transcript(asked: TranscriptionRequest, file: Upload, says: str) -> Transcript:
    audio_requests.check_name(file)
    try:
        recording = media.read(file.data)
    except media.Unreadable:
        audio_requests.unreadable()
    audio_requests.check_length(asked, recording.seconds)
    spoken = recording.spoken or says
    speech = cues.read(spoken, recording.seconds) if spoken else cues.Speech()
    return Transcript(asked, speech, recording.seconds)
