"""What the files of ``review/`` have in common: kinds of values, reading YAML, and errors for people.

What is wrong is said in one line a fault: the file, the path of the key, what to do.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from livingscan.errors import UserError
from livingscan.terms import BadTermError, term_pattern

_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_NAMES = {
    name: str(number)
    for names, first in (("jan feb mar apr may jun jul aug sep oct nov dec", 1), ("sun mon tue wed thu fri sat", 0))
    for number, name in enumerate(names.split(), first)
}


def check_cron(text: str) -> str:
    """A cron line of five fields as given, or "" for none.

    Raises:
        ValueError: it is no cron line; the message says which part.
    """
    if not text:
        return text
    parts = text.split()
    if len(parts) != 5:
        raise ValueError(f"{text!r} has {len(parts)} fields; a cron line has 5: minute hour day month weekday")
    for part, (low, high) in zip(parts, _CRON_RANGES, strict=True):
        for piece in part.lower().split(","):
            named = re.sub(r"[a-z]{3}", lambda found: _CRON_NAMES.get(found.group(), "?"), piece)
            shape = re.fullmatch(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?", named)
            numbers = [int(value) for value in shape.groups()[:2] if value] if shape else []
            if not shape or any(not low <= number <= high for number in numbers) or shape[3] == "0":
                raise ValueError(f"{piece!r} in {text!r} is not a number from {low} to {high}, a range, a step or *")
            if len(numbers) == 2 and numbers[0] > numbers[1]:
                raise ValueError(f"{piece!r} in {text!r} runs backwards")
    return text


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no time zone; write one like Europe/London") from error
    return name


def _check_term(term: str) -> str:
    try:
        term_pattern(term)
    except BadTermError as error:
        raise ValueError(str(error)) from error
    return term


def check_id(name: str) -> str:
    """An id as given. Raises ValueError unless it is of small letters, digits and _."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r}: an id is made of small letters, digits and _")
    return name


Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, AfterValidator(check_id)]
Cron = Annotated[str, AfterValidator(check_cron)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Term = Annotated[str, AfterValidator(_check_term)]
TermList = tuple[Term, ...]


class Part(BaseModel):
    """A part of a review file: frozen, and a key that is not known is an error, not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def short_hash(data: Any) -> str:
    """Twelve hex digits over JSON-able data; equal data, equal digits."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def no_repeats(where: str, names: list[str]) -> None:
    """Raise ValueError where a name of a list stands there twice; ``where`` is the path of the list."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{where}: {', '.join(twice)} stands there twice")


def need_exactly(where: str, names: list[str], needed: Iterable[str]) -> None:
    """Raise ValueError unless the names are exactly those that are needed, in whatever order."""
    no_repeats(where, names)
    missing = [name for name in needed if name not in names]
    unknown = [name for name in names if name not in needed]
    if missing:
        raise ValueError(f"{where}: {', '.join(missing)} is missing")
    if unknown:
        raise ValueError(f"{where}: {', '.join(unknown)} is not known; choose from {', '.join(needed)}")


class _Loader(yaml.SafeLoader):
    """YAML without surprises: a key given twice is an error."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, int] = {}
    for key_node, _ in node.value:
        key = key_node.value
        line = key_node.start_mark.line + 1
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"the key {key!r} of line {seen[key]} again", problem_mark=key_node.start_mark
            )
        seen[key] = line
    return dict(loader.construct_mapping(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_text(path: Path, otherwise: str) -> str:
    """The text of a file. Raises UserError, with ``otherwise`` as what to do where it is missing."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing: {otherwise}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error


def read_yaml(path: Path) -> dict[str, Any]:
    """The keys and values of a YAML file. Raises UserError with file and line."""
    text = read_text(path, "name the review's folder with LIVINGSCAN_REVIEW or run from the project's folder")
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise UserError(f"{path}{where}: not valid YAML: {error.problem or error}") from error
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise UserError(f"{path}: must hold keys and values")
    return data


_ADVICE = {
    "missing": "is missing: add it",
    "extra_forbidden": "is not a known key: remove it or mend its spelling",
}
_Model = TypeVar("_Model", bound=Part)


def checked(model: type[_Model], data: dict[str, Any], path: Path) -> _Model:
    """The data as a checked model. Raises UserError, one line a fault: file, path of the key, what to do."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False):
            where = ".".join(str(part) for part in fault["loc"])
            words = _ADVICE.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
            given = fault.get("input")
            if (
                fault["type"] not in _ADVICE
                and isinstance(given, str | int | float | bool)
                and repr(given) not in words
            ):
                words += f" (there is {given!r})"
            faults.append(f"{path}: {where}: {words}" if where else f"{path}: {words}")
        more = f"\n... and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise UserError("\n".join(faults[:10]) + more) from error


def review_file(path: Path | None, name: str) -> Path:
    """The file itself, from a folder, a file, or nothing (then the folder the settings name)."""
    if path is None:
        from livingscan.settings import settings

        path = settings().review
    return path if path.suffix in (".yaml", ".yml") else path / name
