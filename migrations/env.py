"""Alembic runs the migrations through this file. The engine comes from livingscan itself."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Engine

from livingscan.store import models, open_store
from livingscan.store.base import UtcDateTime


def render(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Write our own types as the plain ones they are, so that old migrations never import today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


engine: Engine = context.config.attributes.get("engine") or open_store().engine

with engine.execution_options(livingscan_write=True).connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=models.Base.metadata,
        render_as_batch=True,
        render_item=render,
        compare_server_default=False,
        transaction_per_migration=not sqlite,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
