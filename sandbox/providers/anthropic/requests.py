"""Requests of the Messages API as the SDK's parameter types describe them (what the product may use)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sandbox.providers.schemas import JsonSchema
from sandbox.providers.wire import Wire, as_blocks


class CacheControl(Wire):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class Cacheable(Wire):
    cache_control: CacheControl | None = None


class Text(Cacheable):
    type: Literal["text"]
    text: str
    citations: list[dict[str, Any]] | None = None


class Base64Source(Wire):
    type: Literal["base64"]
    media_type: Literal["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"]
    data: str


class UrlSource(Wire):
    type: Literal["url"]
    url: str


class FileSource(Wire):
    type: Literal["file"]
    file_id: str


class PlainSource(Wire):
    type: Literal["text"]
    media_type: Literal["text/plain"]
    data: str


class Image(Cacheable):
    type: Literal["image"]
    source: Annotated[Base64Source | UrlSource | FileSource, Field(discriminator="type")]
    transformations: dict[str, Any] | None = None


class ContentSource(Wire):
    type: Literal["content"]
    content: Annotated[
        list[Annotated[Text | Image, Field(discriminator="type")]], BeforeValidator(as_blocks("text"))
    ]


class Document(Cacheable):
    type: Literal["document"]
    source: Annotated[
        Base64Source | UrlSource | FileSource | PlainSource | ContentSource, Field(discriminator="type")
    ]
    title: str | None = None
    context: str | None = None
    citations: dict[str, bool] | None = None


class SearchResult(Cacheable):
    type: Literal["search_result"]
    source: str
    title: str
    content: list[Text]
    citations: dict[str, bool] | None = None


class Thinking(Wire):
    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinking(Wire):
    type: Literal["redacted_thinking"]
    data: str


class ToolUse(Cacheable):
    type: Literal["tool_use"]
    id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
    name: str
    input: dict[str, Any]
    caller: dict[str, Any] | None = None
    toolset_name: str | None = None


class ToolResult(Cacheable):
    type: Literal["tool_result"]
    tool_use_id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
    content: Annotated[
        list[Annotated[Text | Image | Document | SearchResult, Field(discriminator="type")]],
        BeforeValidator(as_blocks("text")),
    ] = Field(default_factory=list)
    is_error: bool = False
    toolset_name: str | None = None


Block = Annotated[
    Text | Image | Document | SearchResult | Thinking | RedactedThinking | ToolUse | ToolResult,
    Field(discriminator="type"),
]


class Message(Wire):
    role: Literal["user", "assistant", "system"]
    content: Annotated[list[Block], BeforeValidator(as_blocks("text"))]


class ToolDefinition(Cacheable):
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    input_schema: JsonSchema
    description: str = ""
    type: Literal["custom"] | None = None
    strict: bool = False
    input_examples: list[dict[str, Any]] | None = None
    allowed_callers: list[str] | None = None
    defer_loading: Literal[False] = False
    eager_input_streaming: bool | None = None


class ToolChoice(Wire):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool = False


class JsonFormat(Wire):
    type: Literal["json_schema"]
    schema_: Annotated[JsonSchema, Field(alias="schema")]


class OutputConfig(Wire):
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: JsonFormat | None = None


class ThinkingConfig(Wire):
    type: Literal["adaptive", "enabled", "disabled", "between_tools"]
    budget_tokens: Annotated[int, Field(ge=1024)] | None = None
    display: Literal["summarized", "omitted"] | None = None


class Metadata(Wire):
    user_id: Annotated[str, Field(max_length=256)] | None = None


class CountRequest(Wire):
    model: str
    messages: Annotated[list[Message], Field(max_length=100_000)]
    system: Annotated[list[Text], BeforeValidator(as_blocks("text"))] = Field(default_factory=list)
    tools: list[ToolDefinition] = Field(default_factory=list)
    tool_choice: ToolChoice | None = None
    thinking: ThinkingConfig | None = None
    output_config: OutputConfig | None = None
    cache_control: CacheControl | None = None
    speed: Literal["standard", "fast"] | None = None


class MessagesRequest(CountRequest):
    max_tokens: Annotated[int, Field(ge=0)]
    stream: bool = False
    stop_sequences: list[str] = Field(default_factory=list)
    metadata: Metadata | None = None
    service_tier: Literal["auto", "standard_only"] = "auto"
    inference_geo: str | None = None
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
