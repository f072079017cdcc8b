"""Where files are kept: a folder on this machine, or a bucket of an S3-compatible store."""

from __future__ import annotations

from storage.objects.folder import FolderStore
from storage.objects.s3 import Bucket, S3Store

__all__ = ["Bucket", "FolderStore", "S3Store"]
