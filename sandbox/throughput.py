"""`python -m sandbox.throughput`: how many chat.postMessage a second the sandbox takes. The bar is 1,000."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import uvloop

from sandbox.settings import Credentials

BAR = 1_000
_READY = "SLACK_API_URL="
_CHANNELS = ("C0SANDGEN1", "C0SANDLAU1", "C0SANDEDT1")
_MANIFEST = """
display_information: {name: Bench}
features: {bot_user: {display_name: Bench}}
oauth_config: {scopes: {bot: ["chat:write"]}}
"""


async def measured(url: str, calls: int, connections: int) -> float:
    """Posts a second, over `connections` at once; `url` is the API's."""
    headers = {"Authorization": f"Bearer {Credentials().bot_token}", "Content-Type": "application/json"}
    numbers = iter(range(calls))

    async def post_on(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            body = {"channel": _CHANNELS[number % len(_CHANNELS)], "text": f"post number {number}"}
            async with session.post(f"{url}chat.postMessage", json=body) as answer:
                if not (await answer.json())["ok"]:
                    raise RuntimeError(await answer.text())

    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=60)) as session:
        started = time.perf_counter()
        await asyncio.gather(*(post_on(session) for _ in range(connections)))
        return calls / (time.perf_counter() - started)


async def bench(calls: int, connections: int) -> float:
    """Against a sandbox in its own process, so that the one who asks is not what is measured."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "manifest.yml"
        manifest.write_text(_MANIFEST, encoding="utf-8")
        options = ("-u", "-m", "sandbox", "--no-bot", "--port", "0", "--manifest", str(manifest))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *options, stdout=asyncio.subprocess.PIPE
        )
        try:
            url = await _api_url(process)
            await measured(url, calls // 10, connections)
            return await measured(url, calls, connections)
        finally:
            process.terminate()
            await process.wait()


async def _api_url(process: asyncio.subprocess.Process) -> str:
    while process.stdout is not None and (line := (await process.stdout.readline()).decode()):
        if _READY in line:
            return line.partition(_READY)[2].strip()
    raise RuntimeError("the sandbox did not start")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.throughput", description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    rate = uvloop.run(bench(options.calls, options.connections))
    verdict = "above" if rate >= BAR else "BELOW"
    sys.stdout.write(f"chat.postMessage: {rate:,.0f} a second, {verdict} the bar of {BAR:,}\n")
    return 0 if rate >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
