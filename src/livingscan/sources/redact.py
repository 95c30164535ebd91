"""Keeping secrets out of logs, exceptions and the ledger, in one place."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping

HIDDEN = "***"

_NAMES = (
    r"api[_-]?key|x[_-]els[_-]apikey|x[_-]api[_-]key|x[_-]apikey|insttoken|x[_-]els[_-]insttoken|"
    r"access[_-]?token|auth(?:orization)?|token|secret|password|key|e?mail(?:to)?"
)
_PARAMETER = re.compile(rf"(?<![\w-])((?:{_NAMES})\s*[=:]\s*)(?:(?:Bearer|Basic)\s+)?[^&#\s\"'<>,;)\]]+", re.I)
_QUOTED = re.compile(rf"([\"'](?:{_NAMES})[\"']\s*[=:]\s*[\"'])[^\"']+", re.I)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.I)
_USER = re.compile(r"(://)[^/\s]+@")  # up to the last @
_SECRET_NAME = re.compile(rf"(?:{_NAMES}|user-agent|from|cookie|set-cookie)", re.I)


def is_secret(name: str) -> bool:
    """Whether a parameter or header called ``name`` holds something that must not be written down."""
    return bool(_SECRET_NAME.fullmatch(name))


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` without secrets: keys, tokens and e-mail parameters, user names in URLs, and ``secrets`` themselves.

    Args:
        text: a URL, a header line, a message or a piece of a body.
        secrets: values known to be secret, replaced wherever they stand.
    """
    for value in secrets:
        if len(value) >= 4:
            text = text.replace(value, HIDDEN)
    text = _QUOTED.sub(rf"\g<1>{HIDDEN}", text)
    text = _PARAMETER.sub(rf"\g<1>{HIDDEN}", text)
    text = _BEARER.sub(rf"\g<1> {HIDDEN}", text)
    return _USER.sub(rf"\g<1>{HIDDEN}@", text)


def redact_mapping(values: Mapping[str, object]) -> dict[str, str]:
    """A mapping of parameters or headers fit to be written down."""
    return {name: HIDDEN if is_secret(name) else redact(str(value)) for name, value in values.items()}


class RedactingFilter(logging.Filter):
    """Rewrites a log record of a library that prints whole URLs (urllib3 does, at debug level)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, with its message redacted."""
        record.msg, record.args = redact(record.getMessage()), ()
        return True
