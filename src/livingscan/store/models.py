"""The tables. Words are DESIGN's: record, report, study, search, window, flag, decision, finding.

Nothing a person did is ever overwritten: decisions, duplicate links, findings and their verdicts
only grow. What is *derived* from them (which report a record belongs to, a report's priority) is
kept beside them and can be worked out again at any time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from livingscan.store.base import Base, BigId, Key, date, datetime

SEARCH_STATES = ("running", "complete", "empty", "partial", "failed", "not run")
ITEM_STATES = ("promised", "fetched", "known", "absent", "deleted", "unreadable")
RUN_STATES = ("running", "completed", "completed with failures", "failed", "crashed")
RELATIONS = ("same", "possible", "version", "part", "erratum_comment", "different", "withdrawn")
STAGES = ("title-abstract", "full-text")
VERDICTS = ("include", "exclude", "unsure")
PHASES = ("development", "delivery", "dissemination", "")
GROUPS = ("nhs", "rest_of_uk", "elsewhere", "mixed", "")
POLARITIES = ("barrier", "facilitator", "neutral")
BASES = ("title", "abstract", "full-text")
FINDING_VERDICTS = ("confirmed", "rejected", "withdrawn", "superseded")


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A check that ``column`` holds one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Run(Base):
    """One run of a flow or command, with the process that owns it."""

    __tablename__ = "run"
    id: Mapped[Key]
    kind: Mapped[str]
    trigger: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="running")
    message: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime]
    host: Mapped[str]
    pid: Mapped[int]
    process_started: Mapped[str]
    __table_args__ = (one_of("status", RUN_STATES),)


class Strategy(Base):
    """A search text for one source, exactly as run; one row per version."""

    __tablename__ = "strategy"
    id: Mapped[Key]
    source: Mapped[str]
    sha256: Mapped[str]
    text: Mapped[str]
    header: Mapped[dict[str, Any]]
    added_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("source", "sha256"),)


class Search(Base):
    """The ledger: one run of one strategy against one source over one window, or one imported file."""

    __tablename__ = "search"
    id: Mapped[Key]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey("strategy.id"))
    kind: Mapped[str]
    source: Mapped[str]
    platform: Mapped[str] = mapped_column(server_default="")
    database: Mapped[str] = mapped_column(server_default="")
    file_name: Mapped[str] = mapped_column(server_default="")
    file_sha256: Mapped[str] = mapped_column(server_default="")
    searched_on: Mapped[date | None]
    window_kind: Mapped[str] = mapped_column(server_default="")
    window_by: Mapped[str] = mapped_column(server_default="added")
    window_start: Mapped[date | None]
    window_end: Mapped[date | None]
    status: Mapped[str] = mapped_column(server_default="running")
    reason: Mapped[str] = mapped_column(server_default="")
    promised: Mapped[int | None]
    fetched: Mapped[int] = mapped_column(server_default="0")
    new: Mapped[int] = mapped_column(server_default="0")
    changed: Mapped[int] = mapped_column(server_default="0")
    deleted: Mapped[int] = mapped_column(server_default="0")
    vanished: Mapped[int] = mapped_column(server_default="0")
    absent: Mapped[int] = mapped_column(server_default="0")
    unreadable: Mapped[int] = mapped_column(server_default="0")
    requests: Mapped[int] = mapped_column(server_default="0")
    retries: Mapped[int] = mapped_column(server_default="0")
    throttled: Mapped[int] = mapped_column(server_default="0")
    cost: Mapped[float] = mapped_column(server_default="0")
    translation: Mapped[str] = mapped_column(server_default="")
    notes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    cursor: Mapped[str | None]
    resumed: Mapped[bool] = mapped_column(server_default=false())
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime]
    host: Mapped[str]
    pid: Mapped[int]
    process_started: Mapped[str]
    __table_args__ = (
        one_of("status", SEARCH_STATES),
        one_of("kind", ("interface", "file")),
        one_of("window_by", ("added", "revised")),
        CheckConstraint("(status = 'running') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("status IN ('running', 'complete', 'empty') OR reason <> ''", name="reason"),
        Index("ix_search_source_status", "source", "status"),
    )


class SearchItem(Base):
    """One id of one search: promised, and what became of it."""

    __tablename__ = "search_item"
    search_id: Mapped[int] = mapped_column(BigId, ForeignKey("search.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    raw: Mapped[str | None]
    __table_args__ = (one_of("state", ITEM_STATES),)


class Study(Base):
    """One investigation; it may have several reports."""

    __tablename__ = "study"
    id: Mapped[Key]
    created_at: Mapped[datetime]


class Report(Base):
    """One document; duplicate records link to one report.

    ``priority`` and ``likely_eligible`` are the flags' word, for ordering alone.
    ``merged_into_id`` is set when all its records went to another report.
    """

    __tablename__ = "report"
    id: Mapped[Key]
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), index=True)
    priority: Mapped[float] = mapped_column(server_default="0")
    likely_eligible: Mapped[bool] = mapped_column(server_default=false())
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_report_priority", "priority", "id"),)


class ReportEvent(Base):
    """What happened to a report: records joined or left it, and why."""

    __tablename__ = "report_event"
    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    other_report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    __table_args__ = (one_of("kind", ("joined", "left")),)


class Record(Base):
    """One entry of one source; its words are in its versions, newest ``number`` first.

    ``to_link``, ``to_flag`` and ``to_code`` say which steps have not seen the newest version yet, so
    that the cost of an update follows the new, not the old.
    """

    __tablename__ = "record"
    id: Mapped[Key]
    source: Mapped[str]
    source_id: Mapped[str]
    number: Mapped[int]
    content_hash: Mapped[str]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    first_search_id: Mapped[int] = mapped_column(ForeignKey("search.id"), index=True)
    first_seen_at: Mapped[datetime]
    added: Mapped[date | None]
    vanished_at: Mapped[datetime | None]
    vanished_reason: Mapped[str] = mapped_column(server_default="")
    to_link: Mapped[bool] = mapped_column(server_default=true())
    to_flag: Mapped[bool] = mapped_column(server_default=true())
    to_code: Mapped[bool] = mapped_column(server_default=true())
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("source_id <> ''", name="source_id"),
        Index("ix_record_to_link", "id", postgresql_where=text("to_link"), sqlite_where=text("to_link")),
        Index("ix_record_to_flag", "id", postgresql_where=text("to_flag"), sqlite_where=text("to_flag")),
        Index("ix_record_to_code", "id", postgresql_where=text("to_code"), sqlite_where=text("to_code")),
    )


class RecordVersion(Base):
    """What a record said at one time, and the very text it was read from (zlib-compressed)."""

    __tablename__ = "record_version"
    record_id: Mapped[int] = mapped_column(BigId, ForeignKey("record.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str]
    source_version: Mapped[str] = mapped_column(server_default="")
    revised: Mapped[date | None]
    data: Mapped[dict[str, Any]]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    search_id: Mapped[int] = mapped_column(ForeignKey("search.id"))
    seen_at: Mapped[datetime]


class Identifier(Base):
    """An identifier of a record's newest version."""

    __tablename__ = "identifier"
    record_id: Mapped[int] = mapped_column(BigId, ForeignKey("record.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (Index("ix_identifier_kind_value", "kind", "value"),)


class DedupeKey(Base):
    """A blocking key of a record: only records that share one are compared."""

    __tablename__ = "dedupe_key"
    key: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    record_id: Mapped[int] = mapped_column(BigId, ForeignKey("record.id"), primary_key=True, index=True)


class DuplicateLink(Base):
    """A word on two records, a machine's or a person's. The newest holds; a person's always wins.

    ``possible`` is a machine's pair for the people's queue; ``withdrawn`` takes an earlier word back.
    """

    __tablename__ = "duplicate_link"
    id: Mapped[Key]
    record_a_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    record_b_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    relation: Mapped[str] = mapped_column(index=True)
    origin: Mapped[str]
    who: Mapped[str]
    score: Mapped[float | None]
    evidence: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    __table_args__ = (
        one_of("relation", RELATIONS),
        one_of("origin", ("machine", "person")),
        CheckConstraint("record_a_id < record_b_id", name="order"),
        Index("ix_duplicate_link_pair", "record_a_id", "record_b_id"),
    )


class LinkRules(Base):
    """The rules that the stored keys and links were made by: one row."""

    __tablename__ = "link_rules"
    id: Mapped[Key]
    version: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (CheckConstraint("id = 1", name="one"),)


class Flag(Base):
    """A machine's note on a record's newest version, with the words it rests on; never a decision."""

    __tablename__ = "flag"
    id: Mapped[Key]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(index=True)
    value: Mapped[str]
    quote: Mapped[str]
    field: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    rule: Mapped[str]
    rules_version: Mapped[str]
    at: Mapped[datetime]


class Decision(Base):
    """A person's verdict on a report, made on sight of one of its records; append-only.

    It belongs to the report that its record belongs to, through every merge and split.
    A verdict is taken back by a later row of the same person that names it in ``undoes_id``.
    """

    __tablename__ = "decision"
    id: Mapped[Key]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    stage: Mapped[str]
    verdict: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    reviewer: Mapped[str]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    at: Mapped[datetime]
    __table_args__ = (
        one_of("stage", STAGES),
        one_of("verdict", VERDICTS),
        CheckConstraint("(verdict IS NULL) = (undoes_id IS NOT NULL)", name="verdict_or_undo"),
        UniqueConstraint("undoes_id"),
    )


class Finding(Base):
    """A barrier (or facilitator) found in a study, with the words and where they stand."""

    __tablename__ = "finding"
    id: Mapped[Key]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    number: Mapped[int]
    theme: Mapped[str]
    phase: Mapped[str]
    setting_group: Mapped[str]
    polarity: Mapped[str]
    quotation: Mapped[str]
    field: Mapped[str]
    start: Mapped[int | None]
    end: Mapped[int | None]
    basis: Mapped[str]
    origin: Mapped[str]
    who: Mapped[str]
    codebook_version: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        one_of("phase", PHASES),
        one_of("setting_group", GROUPS),
        one_of("polarity", POLARITIES),
        one_of("basis", BASES),
        one_of("origin", ("machine", "person")),
    )


class FindingVerdict(Base):
    """A word on a finding; the newest holds. ``superseded`` is the machine's, on its own older ones; ``withdrawn``
    takes people's earlier words back."""

    __tablename__ = "finding_verdict"
    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    verdict: Mapped[str]
    who: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    __table_args__ = (one_of("verdict", FINDING_VERDICTS),)


class SummarySnapshot(Base):
    """A refreshed summary as it was shown."""

    __tablename__ = "summary"
    id: Mapped[Key]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    at: Mapped[datetime]
    protocol_version: Mapped[str]
    codebook_version: Mapped[str]
    data: Mapped[dict[str, Any]]


class Release(Base):
    """A published, frozen, numbered version of the review."""

    __tablename__ = "release"
    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    who: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str]
    data: Mapped[dict[str, Any]]


class Task(Base):
    """Something that waits for a person: a retraction to weigh, a silent source to look into."""

    __tablename__ = "task"
    id: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    __table_args__ = (UniqueConstraint("kind", "subject"),)


from livingscan.store import models_health as models_health  # noqa: E402  its table belongs to the same metadata
