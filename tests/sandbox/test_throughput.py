"""The bench posts what it says it posts."""

from sandbox.server import Sandbox
from sandbox.throughput import measured


async def test_the_bench_posts_every_message(sandbox: Sandbox) -> None:
    assert await measured(f"{sandbox.url}/api/", 60, connections=4) > 0
    assert len(sandbox.calls("chat.postMessage")) == 60
    assert all(call.ok for call in sandbox.calls("chat.postMessage"))
