"""Where studies took place, as told by words: loads and checks ``review/places.yaml``."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import Field

from livingscan.reviewfiles import Part, TermList, Text, checked, read_yaml, short_hash


class Places(Part):
    """Words that say where a study took place (``places.yaml``)."""

    version: Text
    nhs: TermList
    nhs_unless: TermList = ()
    uk: TermList
    uk_towns: TermList = ()
    uk_unless: TermList = ()
    uk_services: TermList = ()
    not_nhs: TermList = ()
    elsewhere: TermList
    elsewhere_adjectives: TermList = ()
    elsewhere_unless: TermList = ()
    abroad_after_town: TermList = ()
    abbreviations: dict[str, TermList] = Field(default_factory=dict)

    @cached_property
    def rules_version(self) -> str:
        """Twelve hex digits over all of it."""
        return short_hash(self.model_dump(mode="json"))


def load_places(path: Path) -> Places:
    """Load ``places.yaml``.

    Raises:
        UserError: missing or wrong; one line a fault.
    """
    return checked(Places, read_yaml(path), path)
