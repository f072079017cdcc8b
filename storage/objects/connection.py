"""One boto3 client, called in threads of its own: a slow store keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from services.errors import ObjectDamaged, ObjectMissing, ShowrunnerError, StoreUnavailable
from services.retry import to_the_end

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
DAMAGED = frozenset({"BadDigest", "InvalidDigest", "IncompleteBody"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """`endpoint` None: Amazon's own. Without keys boto3 looks where it always does (roles, profiles).

    `encrypted`: ask for server-side encryption with every object. Timeouts in seconds, for one attempt.
    """

    name: str
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: str | None = None
    session_token: str | None = None
    encrypted: bool = True
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    attempts: int = 4


class Connection:
    """The client is made at the first call: importing boto3 takes longer than starting without it."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._client: S3Client | None = None
        self._making = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="objects")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            self._client.close()

    async def ask(self, question: Callable[[S3Client], T]) -> T:
        """`question` to its end, even if its asker is cancelled; our errors for theirs."""
        return await self.call(lambda: question(self.client()))

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await to_the_end(
            self._told(loop.run_in_executor(self._threads, partial(work, *args, **kwargs)))
        )

    async def _told(self, working: asyncio.Future[T]) -> T:
        try:
            return await working
        except ShowrunnerError:
            raise
        except Exception as error:
            if (told := translated(error)) is None:
                raise
            raise told from error

    def client(self) -> S3Client:
        """Blocks while it is made."""
        with self._making:
            if self._client is None:
                self._client = made(self._bucket)
            return self._client


def made(bucket: Bucket) -> S3Client:
    from boto3.session import Session
    from botocore.config import Config

    session = Session(
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        aws_session_token=bucket.session_token,
        region_name=bucket.region,
    )
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "total_max_attempts": bucket.attempts},
        connect_timeout=bucket.connect_timeout,
        read_timeout=bucket.read_timeout,
        max_pool_connections=THREADS,
    )
    return session.client("s3", endpoint_url=bucket.endpoint, config=config)


def translated(error: Exception) -> ShowrunnerError | None:
    """None for what is a fault of our own."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        if code in MISSING:
            return ObjectMissing(code)
        return ObjectDamaged(code) if code in DAMAGED else StoreUnavailable(code)
    if isinstance(error, BotoCoreError | HTTPError | OSError):
        return StoreUnavailable(type(error).__name__)
    return None
