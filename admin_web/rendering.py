"""Pages from templates, and the few files beside them. Everything in a page is escaped."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Templates:
    """Made when the first page is asked for."""

    def page(self, name: str, *, status: int = 200, **values: Any) -> web.Response:
        text = self._environment.get_template(name).render(values)
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        return Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )


class Static:
    """The files of `static/`, by name; what is not there is not looked for."""

    @cached_property
    def _files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (HERE / "static").iterdir() if path.suffix in TYPES}

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        return web.Response(body=self._files[name], content_type=TYPES[Path(name).suffix], charset="utf-8")
