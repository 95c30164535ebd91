"""Keys from Secret blocks, on a real Prefect server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prefect.blocks.system import Secret

from flows.secret_blocks import NAMES, block_name, with_blocks
from livingscan.settings import Settings
from tests.flows.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture
def block(server: Server) -> Iterator[str]:
    """A Secret block with the key of CORE."""
    name = block_name("core_api_key")
    Secret(value="from-the-server").save(name)
    yield name
    Secret.delete(name)


def test_a_block_is_called_like_the_setting() -> None:
    assert "core_api_key" in NAMES
    assert block_name("core_api_key") == "livingscan-core-api-key"


def test_a_block_stands_in_for_a_key_that_is_not_set(block: str) -> None:
    found = with_blocks(Settings())
    assert found.secret("core_api_key") == "from-the-server"
    assert found.secret("wos_api_key") == ""
    assert "from-the-server" not in repr(found)


def test_the_environment_goes_first(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVINGSCAN_CORE_API_KEY", "from-the-environment")
    assert with_blocks(Settings()).secret("core_api_key") == "from-the-environment"


@pytest.mark.usefixtures("server")
def test_without_blocks_the_settings_stay_as_they_are() -> None:
    given = Settings()
    assert with_blocks(given) is given
