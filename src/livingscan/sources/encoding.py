"""What headers ask for, and what bodies come wrapped in."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from livingscan import clock
from livingscan.errors import FatalSourceError, RetriableSourceError

_RETRY_AFTER = (
    "retry-after",
    "x-rate-limit-retry-after-seconds",
    "x-ratelimit-retry-after",
)  # the last two: Lens, CORE


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks us to wait, given as seconds or as a date (RFC 9110, 10.2.3; ISO 8601 for CORE).

    A date is measured against the server's own Date header where there is one: its clock may be off.
    None where it doesn't ask, or what it says can't be read.
    """
    value = next((headers[name].strip() for name in _RETRY_AFTER if headers.get(name, "").strip()), "")
    if re.fullmatch(r"\d+(?:\.\d+)?", value):
        return min(float(value), 86400.0)
    until = _instant(value)
    if until is None:
        return None
    return max(0.0, (until - (_instant(headers.get("date", "")) or clock.now())).total_seconds())


def _instant(text: str) -> datetime | None:
    """An HTTP or ISO 8601 date; None for anything else."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = read(text)
        except (ValueError, TypeError):
            continue
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return None


def inflate(body: bytes, limit: int, host: str) -> bytes:
    """Uncompress gzip (any number of members) or deflate, zlib-wrapped or raw; at most ``limit`` bytes."""
    window = zlib.MAX_WBITS | 32  # gzip or zlib, told by the header
    if body[:1] != b"\x1f" and (body[0] & 0x0F != 8 or int.from_bytes(body[:2], "big") % 31):
        window = -zlib.MAX_WBITS
    out = bytearray()
    rest = body
    while rest:
        decoder = zlib.decompressobj(window)
        try:
            out += decoder.decompress(rest, limit + 1 - len(out))
        except zlib.error:
            raise RetriableSourceError(f"{host}: the compressed answer is damaged") from None
        if len(out) > limit:
            raise FatalSourceError(f"{host} sent more than {limit:,} bytes in one answer")
        if not decoder.eof:
            raise RetriableSourceError(f"{host}: the compressed answer was cut off")
        rest = decoder.unused_data.lstrip(b"\x00")
    return bytes(out)
