"""An S3 on loopback, stores of both kinds, and files to keep in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

from storage.objects import Bucket

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3 that forgets everything when it ends."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(endpoint: str, *, reached: str | None = None, **options: float | bool) -> Bucket:
    """A bucket at `endpoint`, to be reached at another address where `reached` is given."""
    name = f"bucket-{uuid4().hex}"
    boto3.client("s3", endpoint_url=endpoint, **KEYS).create_bucket(Bucket=name)
    return Bucket(
        name,
        reached or endpoint,
        access_key="testing",
        secret_key="testing",
        **options,  # type: ignore[arg-type]
    )


def a_file(folder: Path, size: int, *, seed: int = 1) -> tuple[Path, str]:
    """A file of so many bytes that are all its own, and its hash."""
    block = hashlib.sha256(str(seed).encode()).digest() * 1_024
    path, digest, left = folder / f"{uuid4().hex}.bin", hashlib.sha256(), size
    with path.open("wb") as file:
        while left > 0:
            piece = block[: min(left, len(block))]
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
    return path, digest.hexdigest()
