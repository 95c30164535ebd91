"""`livingscan doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from livingscan.errors import LivingscanError, StateError

if TYPE_CHECKING:
    from livingscan.protocol import Protocol

Verdict = Literal["ok", "look", "wrong"]
LEAST_FREE = 1e9  # bytes
MARKS = {"ok": "green", "look": "yellow", "wrong": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: ``look`` works but deserves attention, ``wrong`` does not work. ``advice``: what to do."""

    what: str
    verdict: Verdict
    found: str
    advice: str = ""


def doctor(
    online: Annotated[bool, typer.Option("--online", help="Also ask each source for one number of hits.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object a line.")] = False,
) -> None:
    """Say what is wrong with this installation, and what to do about it.

    Checks packages, the disk, the review's files and strategies, the database, contact e-mail and keys,
    Prefect, and how long ago each source was last searched completely. Exit code 1 if something does not
    work.

    [bold]Examples[/bold]

      livingscan doctor

      livingscan doctor --online
    """
    findings = list(examine(online))
    if as_json:
        for one in findings:
            typer.echo(json.dumps(asdict(one), ensure_ascii=False))
    else:
        _show(findings)
    if any(one.verdict == "wrong" for one in findings):
        raise typer.Exit(1)


def examine(online: bool = False) -> Iterator[Finding]:
    """All checks, one finding each, in the order in which they are best mended."""
    from livingscan.protocol import load_protocol

    yield _attempt("packages", _packages)
    yield _disk()
    try:
        protocol = load_protocol()
    except LivingscanError as error:
        yield Finding("protocol", "wrong", str(error))
        return
    yield Finding("protocol", "ok", f"{protocol.title} ({protocol.version} of {protocol.date})")
    yield _attempt("codebook", _codebook)
    for name in protocol.enabled_sources:
        yield _attempt(f"strategy {name}", partial(_strategy, protocol, name))
    yield _contact()
    for name in protocol.enabled_sources:
        yield _attempt(f"key {name}", partial(_key, name))
    database = _attempt("database", _database)
    yield database
    if database.verdict == "ok":
        yield from _ages(protocol)
    yield _prefect()
    if online:
        for name in protocol.enabled_sources:
            yield _attempt(f"reach {name}", partial(_reach, protocol, name))


def _attempt(what: str, check: Callable[[], str]) -> Finding:
    """A check that says what is fine, or raises what is wrong."""
    try:
        return Finding(what, "ok", check())
    except LivingscanError as error:
        return Finding(what, "wrong", str(error))


def _packages() -> str:
    """Whether what is installed is what this version was tried with: some newer ones break in silence."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    off = []
    for requirement in map(Requirement, requires("livingscan") or []):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            have = version(requirement.name)
        except PackageNotFoundError:
            have = "none"
        if have == "none" or not requirement.specifier.contains(have, prereleases=True):
            off.append(f"{requirement.name} {have}, needs {requirement.specifier}")
    if off:
        raise StateError(f"{'; '.join(off)}: install from requirements.lock (`make install`)")
    return f"Python {sys.version.split()[0]}, packages as required"


def _disk() -> Finding:
    from livingscan.settings import settings

    home = settings().home.absolute()
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE:
        return Finding("disk", "look", f"{free / 1e9:.1f} GB free for {home}", "make room, or set LIVINGSCAN_HOME")
    return Finding("disk", "ok", f"{free / 1e9:.0f} GB free for {home}")


def _codebook() -> str:
    from livingscan.protocol import load_codebook

    codebook = load_codebook()
    return f"{len(codebook.themes)} themes, {len(codebook.phases)} phases (version {codebook.version})"


def _strategy(protocol: Protocol, name: str) -> str:
    from livingscan import sources

    sources.known(name)
    strategy = protocol.strategy(name)
    dated = f" of {strategy.header['date']}" if "date" in strategy.header else ""
    return f"{len(strategy.text):,} characters{dated}, {strategy.sha256[:12]}"


def _contact() -> Finding:
    from livingscan.settings import settings

    email = settings().contact_email
    if "@" not in email:
        advice = "set LIVINGSCAN_CONTACT_EMAIL in the environment or .env: the sources ask for it"
        return Finding("contact e-mail", "look", "not set" if not email else f"{email!r} is no address", advice)
    return Finding("contact e-mail", "ok", email)


def _key(name: str) -> str:
    from livingscan import sources
    from livingscan.errors import NotConfiguredError
    from livingscan.settings import settings

    kind = sources.known(name)
    if not kind.key:
        return "none needed"
    if settings().secret(kind.key):
        return "set"
    variable = f"LIVINGSCAN_{kind.key.upper()}"
    if kind.key_required:
        raise NotConfiguredError(f"{kind.title} is not searched without a key: set {variable}")
    return f"not set ({variable}); works without, at a slower pace"


def _database() -> str:
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        return store.where


def _ages(protocol: Protocol) -> Iterator[Finding]:
    from livingscan.harvest.status import status
    from livingscan.store import open_store

    with open_store() as store:
        found = status(store, protocol)
    for one in found.sources:
        if not one.enabled:
            continue
        age = "never searched completely" if one.age_days is None else f"searched completely {one.age_days:g} days ago"
        advice = f"run `livingscan update --source {one.source}`" + (f"; last: {one.reason}" if one.reason else "")
        yield Finding(f"last search {one.source}", "look" if one.stale else "ok", age, advice if one.stale else "")
    last = found.runs[0] if found.runs else None
    if last:
        good = last["status"] in ("completed", "running")
        yield Finding(
            "last run", "ok" if good else "look", f"{last['kind']} {last['status']}", "" if good else last["message"]
        )


def _prefect() -> Finding:
    import requests

    from livingscan.cli.running import running
    from livingscan.settings import settings

    told = running(settings().home)
    if told is None or "ui" not in told:
        return Finding("prefect", "look", "not running here", "`livingscan run` starts it, with the schedules")
    session = requests.Session()
    session.trust_env = False  # a proxy knows nothing of this machine's loopback
    try:
        good = session.get(f"{told['ui']}/api/health", timeout=5).ok
    except requests.RequestException:
        good = False
    if not good and "ready" not in told:
        return Finding("prefect", "look", f"{told['ui']} is still starting", "wait until it says that it is ready")
    if not good:
        return Finding(
            "prefect", "wrong", f"{told['ui']} does not answer", f"end process {told['pid']} and start again"
        )
    return Finding("prefect", "ok", told["ui"])


def _reach(protocol: Protocol, name: str) -> str:
    from datetime import timedelta

    from livingscan import clock, sources
    from livingscan.records import Window
    from livingscan.settings import settings
    from livingscan.sources.http import Http

    source = sources.create(name, Http.from_settings(settings()), protocol.strategy(name).text, settings())
    promise = source.promise(Window(clock.today() - timedelta(days=31), clock.today()))
    if promise.count is None:
        return "answers"
    return f"answers: {promise.count:,} records added within 31 days"


def _show(findings: list[Finding]) -> None:
    from rich.text import Text

    from livingscan.cli.tell import console

    to = console()
    for one in findings:
        to.print(Text(f"{one.verdict:6}", MARKS[one.verdict]), Text(f"{one.what:22}"), Text(one.found), soft_wrap=True)
        if one.advice:
            to.print(Text(f"{'':30}{one.advice}", "dim"), soft_wrap=True)
    bad = sum(one.verdict == "wrong" for one in findings)
    look = sum(one.verdict == "look" for one in findings)
    to.print()
    to.print(Text(f"{bad} wrong, {look} to look at, {len(findings) - bad - look} fine."))
