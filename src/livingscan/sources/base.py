"""The small interface that every source implements, one module each.

A source only asks and reads: it knows nothing of the database. It promises (how many, which),
then yields pages; the harvest commits each page with its ledger entry and decides what is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from livingscan.errors import NotConfiguredError
from livingscan.records import Page, Promise, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from livingscan.settings import Settings
    from livingscan.sources.http import Http, Params, Response

T = TypeVar("T")


class Source:
    """One bibliographic service.

    A subclass says in its module docstring: base URL, paging with its cap and how the cap is got
    round, the record-added field and what is done where there is none, rate limit and headers
    honoured, key and terms, how corrections and retractions are signalled, what is unchecked.

    Attributes:
        name: short name, as in ``review/protocol.yaml``, the ledger and ``Record.source``.
        title: as people call it. platform: the interface asked, for PRISMA-S.
        live_url: base address of the live service.
        per_second: even pace of requests to the host; ``keyed_per_second`` where a key allows more.
        key: name of the setting that holds its key, or "".
        key_required: without the key the source is *not run*.
        has_added_date: can be searched by the day a record was added. Where False, ``pages`` sweeps
            the whole strategy whatever the window, and newness is decided by the harvest.
        has_revised_date: can be searched by the day a record was changed.
        lists_ids: can name all ids without sending the records (cheap reconciliation).
    """

    name: ClassVar[str]
    title: ClassVar[str]
    platform: ClassVar[str]
    live_url: ClassVar[str]
    per_second: ClassVar[float] = 1.0
    keyed_per_second: ClassVar[float | None] = None
    key: ClassVar[str] = ""
    key_required: ClassVar[bool] = False
    has_added_date: ClassVar[bool] = True
    has_revised_date: ClassVar[bool] = False
    lists_ids: ClassVar[bool] = False

    def __init__(self, http: Http, strategy: str, settings: Settings) -> None:
        self.http = http
        self.strategy = strategy
        self.settings = settings
        self.base = settings.base_url(self.name, self.live_url).rstrip("/")
        if self.key_required and not self.secret:
            raise NotConfiguredError(f"no key: set LIVINGSCAN_{self.key.upper()} to search {self.title}")

    @property
    def secret(self) -> str:
        """The key, or "" where none is set. The sandbox takes any."""
        if not self.key:
            return ""
        return self.settings.secret(self.key) or ("sandbox" if self.settings.sandbox_url and self.key_required else "")

    @property
    def rate(self) -> float:
        """Requests a second that the host allows us."""
        return self.keyed_per_second if self.keyed_per_second and self.secret else self.per_second

    def headers(self) -> Mapping[str, str]:
        """Headers of every request, such as the one that carries the key."""
        return {}

    def ask(
        self,
        path: str,
        read: Callable[[Response], T],
        params: Params | None = None,
        *,
        data: Params | None = None,
        json: Any = None,
    ) -> T:
        """Ask ``path`` below the base address at the source's pace; POST where there is a body, else GET.

        Args:
            path: with its leading slash. params, data, json: query, form, JSON body.
            read: makes something of the answer; may raise RetriableSourceError to have it asked again.

        Returns:
            What ``read`` returned. Errors as for :meth:`Http.call`.
        """
        method = "GET" if data is None and json is None else "POST"
        return self.http.call(method, self.base + path, read, params, self.headers(), self.rate, data=data, json=json)

    def promise(self, window: Window) -> Promise:
        """Ask how much there is to come, without fetching it.

        Raises:
            RetriableSourceError, FatalSourceError: the source did not answer as it should.
        """
        raise NotImplementedError

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """Yield everything the strategy finds in the window, page by page.

        Args:
            window: span of record-added (or revised) dates.
            cursor: the ``Page.cursor`` of the last committed page of an interrupted search; the
                first page yielded is the one after it.
            have: ids that need not be fetched again. A source with ``lists_ids`` still names them in
                ``promised_ids``, but leaves them out of ``fetched``; another may ignore this.

        Raises:
            ExpiredCursorError: ``cursor`` is no longer known; start over without it.
            RetriableSourceError, FatalSourceError: what was yielded so far stays good.
        """
        raise NotImplementedError
