"""Keys of the sources from Prefect Secret blocks, for those who keep them on the server in place of ``.env``.

A block is called like the setting, with hyphens: ``livingscan-core-api-key`` stands for
``LIVINGSCAN_CORE_API_KEY``. What the environment or ``.env`` says goes first. Prefect keeps the key that such
blocks are encrypted with in the same database: they are hidden from a glance, not from whoever has that database.
"""

from __future__ import annotations

from prefect.client.orchestration import get_client
from pydantic import SecretStr

from livingscan.settings import Settings

PREFIX = "livingscan-"
NAMES = tuple(name for name, field in Settings.model_fields.items() if field.annotation == SecretStr | None)


def block_name(setting: str) -> str:
    """The name of the block that holds a setting."""
    return PREFIX + setting.replace("_", "-")


def with_blocks(given: Settings) -> Settings:
    """The settings, completed from the server's Secret blocks: one question for all that are missing.

    Args:
        given: what environment and ``.env`` say.

    Returns:
        A copy with what the blocks add; the same where they add nothing.
    """
    missing = {block_name(name): name for name in NAMES if not given.secret(name)}
    with get_client(sync_client=True) as client:
        found = client.read_block_documents_by_type("secret", include_secrets=True) if missing else []
    held = {
        missing[block.name]: SecretStr(str(block.data["value"]))
        for block in found
        if block.name and block.name in missing and block.data.get("value")
    }
    return given.model_copy(update=held) if held else given
