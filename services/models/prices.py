"""What a call costs, from the price data inside genai-prices; nothing is fetched."""

from __future__ import annotations

from decimal import Decimal

import genai_prices
import structlog

from services.entities.calls import Usage


class BundledPrices:
    """The Prices port; about 0.1 ms a call."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._unknown: set[tuple[str, str]] = set()

    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        if (provider, model) in self._unknown:
            return None
        try:
            return self._priced(provider, model, usage)
        except LookupError:
            self._unknown.add((provider, model))
            self._log.warning("price.unknown", provider=provider, model=model)
        except ValueError:  # more tokens from the cache than there were: a call is settled all the same
            self._log.warning("price.impossible_usage", provider=provider, model=model)
        return None

    def _priced(self, provider: str, model: str, usage: Usage) -> Decimal:
        return genai_prices.calc_price(_counted(usage), model, provider_id=provider).total_price


def _counted(usage: Usage) -> genai_prices.Usage:
    if usage.seconds and not usage.total:
        return genai_prices.Usage(audio_seconds=usage.seconds)
    return genai_prices.Usage(
        input_tokens=usage.tokens_in,
        cache_read_tokens=usage.cached_read,
        cache_write_tokens=usage.cached_write,
        output_tokens=usage.tokens_out,
        **({"input_audio_tokens": usage.tokens_in} if usage.seconds else {}),
    )
