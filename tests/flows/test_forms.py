"""The run forms: every field is described, has a sound default or is required, and offers what the protocol does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from prefect.utilities.callables import parameter_schema

from flows.deployments import FLOWS
from flows.forms import PROTOCOL, Window
from flows.import_file import import_file
from flows.update_review import update_review
from livingscan.errors import UserError


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_field_is_described(flow: Any) -> None:
    schema = parameter_schema(flow).model_dump()
    for name, field in schema["properties"].items():
        assert len(field.get("description", "")) > 10, name
        assert "default" in field or name in schema["required"]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_flow_says_what_it_does(flow: Any) -> None:
    assert flow.description.strip()


def test_the_sources_are_a_list_to_pick_from() -> None:
    field = parameter_schema(update_review).model_dump()["properties"]["sources"]
    assert field["items"]["enum"] == list(PROTOCOL.enabled_sources)
    assert field["default"] == list(PROTOCOL.enabled_sources)
    assert field["minItems"] == 1


def test_the_windows_are_three_in_words() -> None:
    schema = parameter_schema(update_review).model_dump()
    assert schema["definitions"]["Window"]["enum"] == [
        "since the last complete search",
        "since a date",
        "full reconciliation",
    ]
    assert schema["properties"]["window"]["default"] == "since the last complete search"
    assert [window.kind for window in Window] == ["since-last", "since-date", "full"]


def test_a_file_needs_its_path_and_database() -> None:
    assert parameter_schema(import_file).model_dump()["required"] == ["path", "database"]


def test_a_date_goes_with_since_a_date_alone() -> None:
    day = date(2026, 1, 5)
    Window.SINCE_DATE.check(day)
    Window.SINCE_LAST.check(None)
    for window, since in ((Window.SINCE_DATE, None), (Window.SINCE_LAST, day), (Window.FULL, day)):
        with pytest.raises(UserError, match="go together"):
            window.check(since)
    assert Window.SINCE_DATE.words(day) == "since 2026-01-05"
    assert Window.FULL.words(None) == "full reconciliation"
