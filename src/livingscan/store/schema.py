"""The schema's versions, through Alembic. The scripts are in ``migrations/`` beside ``src/``."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from livingscan.errors import StateError


def migrations_folder() -> Path:
    """Where the migration scripts lie: in the checkout this package runs from, or below the working folder."""
    for folder in (os.environ.get("LIVINGSCAN_MIGRATIONS"), Path(__file__).parents[3] / "migrations", "migrations"):
        if folder and (Path(folder) / "env.py").is_file():
            return Path(folder).absolute()
    raise StateError("the migration scripts are not here: run from the project's folder or set LIVINGSCAN_MIGRATIONS")


def config(engine: Engine | None = None) -> Config:
    """Alembic's configuration; ``engine`` is handed on so that no URL with a password is written anywhere."""
    made = Config()
    made.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    made.attributes["engine"] = engine
    return made


@lru_cache(maxsize=1)
def newest() -> str:
    """The newest schema version in the scripts."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    return head or ""


def refuse_newer(version: str | None) -> None:
    """Raise StateError where a database's schema is none that the scripts know."""
    if version and version not in {one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()}:
        raise StateError(
            f"the database was made by a newer livingscan (schema {version}; this one knows up to {newest()}): "
            "bring livingscan up to date"
        )


def current(engine: Engine) -> str | None:
    """The schema version of the database, or None where it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrade the database to ``revision``."""
    command.upgrade(config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to ``revision`` ("base": empty)."""
    command.downgrade(config(engine), revision)
