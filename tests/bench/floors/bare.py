"""The floor of P11: the chat floor with the other provider's SDK in memory, as the product has it."""

from __future__ import annotations

import os

from openai import AsyncOpenAI

from tests.bench.floors import chat
from tests.bench.floors.serving import run


async def main() -> None:
    async with AsyncOpenAI(api_key=os.environ["OPENAI_API_KEY"], base_url=os.environ["OPENAI_BASE_URL"]):
        await chat.main()


if __name__ == "__main__":
    run(main)
