"""Screening in a terminal, one report after another, by single keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from livingscan.protocol import Protocol
from livingscan.screening.decisions import STAGES, Stage
from livingscan.screening.flags import Flag
from livingscan.screening.queue import QueueItem, count_waiting, decide, disputed, queue, told, undo, unresolved
from livingscan.store import Store

BACK = ("x", "z", "q", "\x1b")
HELP = "[i]nclude  [e]xclude  [u]nsure  [s]kip  [z] undo  [h]elp: criteria  [q]uit"
_VERDICTS = {"i": "include", "e": "exclude", "u": "unsure"}
_STYLES = {"yes": "bold green", "unclear": "yellow", "no": "bold red"}
_CRITERIA = ("nhs_setting", "improvement_initiative", "barrier_content", "empirical_data")


@dataclass(slots=True)
class Session:
    """What a sitting came to: verdicts made and still standing, skipped reports, whether it was left early."""

    made: int = 0
    skipped: int = 0
    left: bool = False


def highlighted(text: str, field: str, flags: tuple[Flag, ...]) -> Text:
    """A text with the words that flags rest on."""
    shown = Text(text)
    for flag in flags:
        if flag.field == field and flag.end > flag.start:
            shown.stylize(_STYLES.get(flag.value, "cyan") + " underline", flag.start, flag.end)
    return shown


def render(
    item: QueueItem, number: int, waiting: str, *, of: int | None = None, groups: Mapping[str, str] | None = None
) -> Panel:
    """A report as it stands on the screen; text from outside is never read as markup.

    Args:
        item: the report. number, of: its place among those that wait. waiting: whose queue it is.
        groups: what the groups of settings are called, by id.
    """
    record = item.record
    body = Text()
    body.append_text(highlighted(record.title or "(no title)", "title", item.own))
    body.stylize("bold")
    place = " · ".join(filter(None, ("; ".join(record.authors[:4]), record.journal, str(record.year or ""))))
    body.append(f"\n{place}\n", style="dim")
    body.append(f"{' = '.join((item.key, *item.also))}  {record.url}\n\n", style="dim")
    body.append_text(highlighted(record.abstract or "(the source gave no abstract)", "abstract", item.own))
    body.append("\n\n")
    for flag in item.flags:
        if flag.kind == "health_care":
            continue
        body.append(f"{flag.kind.replace('_', ' ')}: ")
        value = (groups or {}).get(flag.value, flag.value) if flag.kind == "setting_group" else flag.value
        body.append(value, style=_STYLES.get(flag.value, "cyan") if flag.kind in _CRITERIA else "cyan")
        body.append(f"  {flag.quote}  ({flag.field})\n" if flag.quote else "\n", style="dim")
    if item.said:
        body.append(f"to settle: {told(item.said)}\n", style="bold yellow")
    place = f"{number:,} of {of:,}" if of else f"{number}."
    title = f"{place} · report {item.report}{', likely eligible' if item.likely else ''}"
    return Panel(body, title=title, subtitle=waiting, title_align="left", subtitle_align="left")


class Screening:
    """A sitting of one reviewer.

    Args:
        store, protocol: the review.
        reviewer: who decides. stage: at which.
        console: where to show. key: waits for one key and returns it.
        ask: waits for a line.
        settle: show what people are unsure of or differ on, in place of what waits for this reviewer.
        groups: what the groups of settings are called, by id.
    """

    def __init__(
        self,
        store: Store,
        protocol: Protocol,
        *,
        reviewer: str,
        stage: Stage,
        console: Console,
        key: Callable[[], str],
        ask: Callable[[str], str],
        settle: bool = False,
        groups: Mapping[str, str] | None = None,
    ) -> None:
        self.store, self.protocol, self.reviewer, self.stage = store, protocol, reviewer, stage
        self.console, self.key, self.ask, self.settle = console, key, ask, settle
        self.groups = groups
        self.session = Session()
        self.history: list[tuple[int, QueueItem]] = []
        self.skipped: set[int] = set()
        self.open: list[QueueItem] = []
        self.of = 0

    def run(self, limit: int | None = None) -> Session:
        """Show reports until none waits, ``limit`` verdicts are made, or the reviewer leaves."""
        again: QueueItem | None = None
        if self.settle:
            self.open = unresolved(self.store, self.protocol, stage=self.stage)
            self.of = len(self.open)
        else:
            self.of = count_waiting(self.store, self.protocol, stage=self.stage, reviewer=self.reviewer)
        while not self.session.left and (limit is None or self.session.made < limit):
            item = again or self._next()
            again = None
            if item is None:
                self._tell_the_end()
                break
            again = self._one(item)
        self.console.print(
            f"{self.session.made} decided, {self.session.skipped} skipped. What you skipped comes again next time."
        )
        return self.session

    def _tell_the_end(self) -> None:
        self.console.print(f"Nothing {'more ' if self.settle else ''}waits for you at this stage.")
        if self.settle:
            for stage in STAGES:
                others = len(disputed(self.store, self.protocol, stage=stage)) if stage != self.stage else 0
                if others:
                    self.console.print(f"To settle at the other stage: {others:,}, with --stage {stage}.")

    def _next(self) -> QueueItem | None:
        if self.settle:
            seen = {item.report for _, item in self.history} | self.skipped
            return next((item for item in self.open if item.report not in seen), None)
        found = queue(
            self.store,
            self.protocol,
            stage=self.stage,
            reviewer=self.reviewer,
            limit=len(self.skipped) + 1,
        )
        return next((item for item in found if item.report not in self.skipped), None)

    def _one(self, item: QueueItem) -> QueueItem | None:
        """One report, until it is decided, skipped or left; returns a report to show again after an undo."""
        self.console.print(
            render(
                item,
                self.session.made + self.session.skipped + 1,
                f"{self.stage} · {self.reviewer}",
                of=self.of,
                groups=self.groups,
            )
        )
        self.console.print(HELP, markup=False, style="dim")
        while True:
            pressed = self.key().lower()
            if pressed in ("q", "\x03", "\x04", ""):
                self.session.left = True
                return None
            if pressed == "s":
                self.skipped.add(item.report)
                self.session.skipped += 1
                return None
            if pressed == "z":
                back = self._undo()
                if back is not None:
                    return back
            elif pressed == "h":
                self._criteria()
            elif pressed in _VERDICTS:
                verdict = _VERDICTS[pressed]
                reason = self._reason() if verdict == "exclude" else ""
                if reason is None:
                    self.console.print("Not excluded.", style="dim")
                    continue
                made = decide(
                    self.store,
                    self.protocol,
                    item.record_id,
                    verdict,
                    stage=self.stage,
                    reviewer=self.reviewer,
                    reason=reason,
                )
                self.history.append((made, item))
                self.session.made += 1
                self.console.print(f"-> {verdict}{f': {reason}' if reason else ''}", markup=False)
                if self.settle:
                    self._tell_if_open(item)
                return None
            else:
                self.console.print(HELP, markup=False, style="dim")

    def _tell_if_open(self, item: QueueItem) -> None:
        said = disputed(self.store, self.protocol, stage=self.stage).get(item.report)
        if said:
            self.console.print(
                f"It stays open: {told(said)}. They have to agree, or somebody who had no part in it decides.",
                markup=False,
                style="yellow",
            )

    def _undo(self) -> QueueItem | None:
        if not self.history:
            self.console.print("There is nothing to undo in this sitting.", style="dim")
            return None
        made, item = self.history.pop()
        undo(self.store, made, reviewer=self.reviewer)
        self.session.made -= 1
        self.console.print("Taken back.", style="dim")
        return item

    def _reason(self) -> str | None:
        """A reason to exclude; "" for none (on title and abstract); None where the reviewer thinks again."""
        for number, reason in enumerate(self.protocol.reasons, 1):
            self.console.print(f"  {number}. {reason}", markup=False)
        needed = self.stage == "full-text"
        last = len(self.protocol.reasons)
        while True:
            said = self.ask(
                f"Reason, a number and Enter ({'' if needed else 'Enter alone: none; '}x and Enter: go back): "
            ).strip()
            if said.lower() in BACK:
                return None
            if not said and not needed:
                return ""
            if said.isdecimal() and 1 <= int(said) <= last:
                return self.protocol.reasons[int(said) - 1]
            wrong = f"{said!r} is no number from 1 to {last}" if said else "On full text an exclusion takes a reason"
            self.console.print(f"{wrong}. To go back to the report without excluding it: x.", markup=False, style="red")

    def _criteria(self) -> None:
        for criterion in self.protocol.eligibility:
            self.console.print(Text.assemble((criterion.label, "bold"), f"  {criterion.wording}"))
        self.console.print(Text.assemble((self.protocol.reconfiguration.label, "bold"), " (not eligible)  "), end="")
        self.console.print(self.protocol.reconfiguration.wording, markup=False)
