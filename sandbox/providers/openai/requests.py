"""Requests of the Responses API as the SDK's parameter types describe them (what the product may use)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sandbox.providers.schemas import JsonSchema
from sandbox.providers.wire import Wire, as_blocks

Status = Literal["in_progress", "completed", "incomplete"]
Ttl = Literal["30m", "12h"]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class Breakpoint(Wire):
    mode: Literal["explicit"]
    ttl: Ttl | None = None


class InputText(Wire):
    type: Literal["input_text"]
    text: str
    prompt_cache_breakpoint: Breakpoint | None = None


class InputImage(Wire):
    type: Literal["input_image"]
    detail: Literal["low", "high", "auto", "original"] = "auto"
    file_id: str | None = None
    image_url: str | None = None
    prompt_cache_breakpoint: Breakpoint | None = None


class InputFile(Wire):
    type: Literal["input_file"]
    detail: Literal["auto", "low", "high"] = "auto"
    file_data: str | None = None
    file_id: str | None = None
    file_url: str | None = None
    filename: str | None = None
    prompt_cache_breakpoint: Breakpoint | None = None


class OutputText(Wire):
    type: Literal["output_text"]
    text: str
    annotations: list[dict[str, Any]] = Field(default_factory=list)
    logprobs: list[dict[str, Any]] | None = None


class RefusalText(Wire):
    type: Literal["refusal"]
    refusal: str


Given = Annotated[InputText | InputImage | InputFile, Field(discriminator="type")]
Said = Annotated[OutputText | RefusalText, Field(discriminator="type")]


class InputMessage(Wire):
    type: Literal["message"] = "message"
    role: Literal["user", "system", "developer"]
    content: Annotated[list[Given], BeforeValidator(as_blocks("input_text"))]
    id: str | None = None
    status: Status | None = None
    phase: None = None


class OutputMessage(Wire):
    type: Literal["message"] = "message"
    role: Literal["assistant"]
    content: Annotated[list[Said], BeforeValidator(as_blocks("output_text"))]
    id: str | None = None
    status: Status | None = None
    phase: Literal["commentary", "final_answer"] | None = None


class FunctionCall(Wire):
    type: Literal["function_call"]
    call_id: str
    name: str
    arguments: str
    id: str | None = None
    status: Status | None = None
    caller: dict[str, Any] | None = None
    namespace: str | None = None


class FunctionCallOutput(Wire):
    type: Literal["function_call_output"]
    call_id: str
    output: Annotated[list[Given], BeforeValidator(as_blocks("input_text"))]
    id: str | None = None
    status: Status | None = None
    name: str | None = None
    namespace: str | None = None
    caller: dict[str, Any] | None = None


class ReasoningItem(Wire):
    type: Literal["reasoning"]
    id: str
    summary: list[dict[str, Any]]
    content: list[dict[str, Any]] | None = None
    encrypted_content: str | None = None
    status: Status | None = None


Message = Annotated[InputMessage | OutputMessage, Field(discriminator="role")]
Item = Annotated[Message | FunctionCall | FunctionCallOutput | ReasoningItem, Field(discriminator="type")]


def as_items(given: Any) -> Any:
    """A bare string is one message of the user; a message may leave out its type."""
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    if not isinstance(given, list):
        return given
    return [{"type": "message", **each} if _untyped_message(each) else each for each in given]


def _untyped_message(item: Any) -> bool:
    return isinstance(item, dict) and "type" not in item and "role" in item


class FunctionTool(Wire):
    type: Literal["function"]
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    parameters: JsonSchema | None = None
    strict: bool | None = True
    description: str | None = None
    defer_loading: Literal[False] = False
    allowed_callers: list[str] | None = None
    output_schema: dict[str, Any] | None = None


class NamedTool(Wire):
    type: Literal["function"]
    name: str


class PlainFormat(Wire):
    type: Literal["text", "json_object"]


class SchemaFormat(Wire):
    type: Literal["json_schema"]
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    schema_: Annotated[JsonSchema, Field(alias="schema")]
    description: str | None = None
    strict: bool | None = None


class TextConfig(Wire):
    format: Annotated[PlainFormat | SchemaFormat, Field(discriminator="type")] | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class Reasoning(Wire):
    effort: Effort | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None
    generate_summary: Literal["auto", "concise", "detailed"] | None = None
    context: Literal["auto", "current_turn", "all_turns"] | None = None
    mode: Literal["standard", "pro"] | None = None


class CacheOptions(Wire):
    mode: Literal["implicit", "explicit"] = "implicit"
    ttl: Ttl = "30m"


class StreamOptions(Wire):
    include_obfuscation: bool = True


class CountRequest(Wire):
    model: str
    input: Annotated[list[Item], BeforeValidator(as_items)] = Field(default_factory=list)
    instructions: str | None = None
    previous_response_id: str | None = None
    tools: list[FunctionTool] = Field(default_factory=list)
    tool_choice: Literal["auto", "none", "required"] | NamedTool = "auto"
    text: TextConfig | None = None
    reasoning: Reasoning | None = None
    parallel_tool_calls: bool | None = None
    truncation: Literal["auto", "disabled"] | None = None


class ResponsesRequest(CountRequest):
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_output_tokens: Annotated[int, Field(ge=16)] | None = None
    max_tool_calls: int | None = None
    metadata: Annotated[dict[str, str], Field(max_length=16)] | None = None
    prompt_cache_key: Annotated[str, Field(max_length=64)] | None = None
    prompt_cache_options: CacheOptions | None = None
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None
    safety_identifier: Annotated[str, Field(max_length=64)] | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"] | None = None
    store: bool | None = None
    include: list[Literal["reasoning.encrypted_content"]] | None = None
    background: Literal[False] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    user: str | None = None
