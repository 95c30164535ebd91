"""The sources that are asked through an interface, by name."""

from __future__ import annotations

from livingscan.errors import UserError
from livingscan.settings import Settings
from livingscan.sources.base import Source
from livingscan.sources.europepmc import EuropePMC
from livingscan.sources.http import Http
from livingscan.sources.pubmed import PubMed

SOURCES: dict[str, type[Source]] = {source.name: source for source in (PubMed, EuropePMC)}


def known(name: str) -> type[Source]:
    """The source called ``name``.

    Raises:
        UserError: there is none; the message lists those there are.
    """
    try:
        return SOURCES[name]
    except KeyError:
        raise UserError(f"no source is called {name!r}; known are {', '.join(SOURCES)}") from None


def create(name: str, http: Http, strategy: str, settings: Settings) -> Source:
    """The source called ``name``, ready to be asked for what ``strategy`` finds.

    Raises:
        UserError: no such source.
        NotConfiguredError: it needs a key that is not set.
    """
    return known(name)(http, strategy, settings)
