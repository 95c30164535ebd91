"""The sources that are asked through an interface, by name."""

from __future__ import annotations

from livingscan.errors import UserError
from livingscan.settings import Settings
from livingscan.sources.base import Source
from livingscan.sources.biorxiv import BioRxiv
from livingscan.sources.core import CORE
from livingscan.sources.crossref import Crossref
from livingscan.sources.doaj import DOAJ
from livingscan.sources.eric import ERIC
from livingscan.sources.europepmc import EuropePMC
from livingscan.sources.http import Http
from livingscan.sources.lens import Lens
from livingscan.sources.openalex import OpenAlex
from livingscan.sources.pubmed import PubMed
from livingscan.sources.scopus import Scopus
from livingscan.sources.semanticscholar import SemanticScholar
from livingscan.sources.wos import WebOfScience

_KINDS: tuple[type[Source], ...] = (
    PubMed,
    EuropePMC,
    OpenAlex,
    Crossref,
    SemanticScholar,
    DOAJ,
    CORE,
    ERIC,
    BioRxiv,
    Scopus,
    WebOfScience,
    Lens,
)
SOURCES: dict[str, type[Source]] = {kind.name: kind for kind in _KINDS}


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
