"""Pictures in a bucket that several servers share, of any store that speaks S3.

The bucket is private: pictures keep their addresses below MEDIA_URL, so that the view there can say who
may see them (DESIGN, rule 1) and pages need no other host.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

if TYPE_CHECKING:
    from datetime import datetime

CONNECT_TIMEOUT, READ_TIMEOUT = 3, 10  # seconds; a reader waits, or an author
TRIES = 2
LONGEST_NAME = 900  # bytes; S3 takes 1024, the folder among them


class BucketStorage(S3Storage):
    """Fails with FileNotFoundError for what is not there and ConnectionError for a bucket that does not
    answer, or not as it should.
    """

    def __init__(self, **options: Any) -> None:
        # What newer clients add to each request, checksums among it, other makers' stores may not know.
        client = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"total_max_attempts": TRIES},
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=client, **options)

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        return FileSystemStorage(base_url=settings.MEDIA_URL).url(name)

    def _open(self, name: str, mode: str = "rb") -> File:
        """Return the whole file by one request: at most the 20 MB of a picture."""
        if mode != "rb":
            raise ValueError("Files in the bucket are written by save().")
        with _told_plainly(name):
            found = self.bucket.Object(self._key(name)).get()
            return ContentFile(found["Body"].read(), name)

    def _save(self, name: str, content: File) -> str:
        with _told_plainly(name):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _told_plainly(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _told_plainly(name):
            return super().exists(name)

    def get_modified_time(self, name: str) -> datetime:
        with _told_plainly(name):
            return self.bucket.Object(self._key(name)).last_modified

    def _key(self, name: str) -> str:
        if "\0" in name or len(name.encode()) > LONGEST_NAME:
            raise SuspiciousFileOperation("No file in a bucket has such a name.")
        return self._normalize_name(clean_name(name))


@contextmanager
def _told_plainly(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in {"404", "NoSuchKey"}:
            raise FileNotFoundError(name) from error
        raise ConnectionError(f"The bucket of STORAGE_URL refuses {name}: {error}") from error
    except BotoCoreError as error:
        raise ConnectionError(f"The bucket of STORAGE_URL does not answer: {error}") from error
