"""What this machine is told: the environment and ``.env``. Secrets live here and nowhere else."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from livingscan.errors import UserError


class Settings(BaseSettings):
    """Settings, each read from ``LIVINGSCAN_<NAME>`` in the environment or ``.env``."""

    model_config = SettingsConfigDict(env_prefix="LIVINGSCAN_", env_file=".env", extra="ignore")

    home: Path = Field(Path(".livingscan"), description="the one folder that everything is written to")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the home folder")
    review: Path = Field(Path("review"), description="the folder with protocol.yaml and codebook.yaml")
    contact_email: str = Field(
        "", description="sent to the sources, so that they can write to you before they block you"
    )
    dask_scheduler: str = Field("", description="a Dask cluster that shares the linking, as tcp://host:8786")
    sandbox_url: str = Field("", description="where the sandbox literature answers in place of the live services")

    ncbi_api_key: SecretStr | None = Field(None, description="PubMed: 10 requests a second in place of 3")
    openalex_api_key: SecretStr | None = Field(None, description="OpenAlex: a budget of 1 USD a day in place of 0.10")
    semanticscholar_api_key: SecretStr | None = Field(
        None, description="Semantic Scholar: 1 request a second of your own"
    )
    core_api_key: SecretStr | None = Field(None, description="CORE: required")
    scopus_api_key: SecretStr | None = Field(None, description="Scopus: required")
    scopus_insttoken: SecretStr | None = Field(None, description="Scopus: institutional token, off campus")
    wos_api_key: SecretStr | None = Field(None, description="Web of Science: required")
    lens_api_key: SecretStr | None = Field(None, description="Lens: required")

    def database(self) -> str:
        """The SQLAlchemy URL of the review's own database (never Prefect's)."""
        return self.database_url or f"sqlite:///{(self.home / 'review.db').absolute()}"

    def inbox(self) -> Path:
        """The watched folder: what a librarian drops there is imported."""
        return self.home / "inbox"

    def base_url(self, source: str, live: str) -> str:
        """Where ``source`` answers: its live address, or its corner of the sandbox."""
        return f"{self.sandbox_url.rstrip('/')}/{source}" if self.sandbox_url else live

    def secret(self, name: str) -> str:
        """The secret called ``name``, or "" where it is not set."""
        value = getattr(self, name, None)
        return value.get_secret_value() if isinstance(value, SecretStr) else ""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once. ``settings.cache_clear()`` reads them anew.

    Raises:
        UserError: ``.env`` is not text, or the home is no folder.
    """
    try:
        found = Settings()
    except UnicodeDecodeError as error:
        file = Settings.model_config.get("env_file")
        raise UserError(f"{file} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    if found.home.exists() and not found.home.is_dir():
        raise UserError(f"{found.home} is not a folder: name another with --home or LIVINGSCAN_HOME")
    return found
