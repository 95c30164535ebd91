"""Database addresses: what is refused in one line, and that no password is ever shown."""

from __future__ import annotations

import pytest

from livingscan.errors import StateError, UserError
from livingscan.store import address, open_store

SECRET = "s3cretpw"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://u:{SECRET}@127.0.0.1:1/db",
        f"postgresql://127.0.0.1:1/db?user=u&password={SECRET}",
        f"postgresql://127.0.0.1:1/db?user=u&p%61ssword={SECRET}",
        f"postgresql://127.0.0.1:1/db?user=u&sslpassword={SECRET}&password=a%40{SECRET}",
        f"postgresql+psycopg://u:a%40{SECRET}@127.0.0.1:1/db",
        f"postgresql://u:a:{SECRET}@127.0.0.1:1/db?connect_timeout=soon",
        f"postgresql://u:{SECRET}@127.0.0.1:1/db?nonsense=1",
    ],
)
def test_a_database_that_is_not_reached_is_named_without_its_password(text: str) -> None:
    with open_store(text) as store:
        assert SECRET not in store.where
        assert "127.0.0.1:1/db" in store.where
        for step in (store.check, store.migrate):
            with pytest.raises(StateError, match=r"the database postgresql\+psycopg://.* cannot be reached: ") as told:
                step()
            assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://u:s3cr@{SECRET}@127.0.0.1:1/db",
        f"postgresql://u:a/{SECRET}@127.0.0.1:1/db",
        f"postgresql://u:a@b/{SECRET}@127.0.0.1:1/db",
        f"postgresql://u:a?{SECRET}@127.0.0.1:1/db",
        f"postgresql://127.0.0.1:1/db?user=u&password=a@{SECRET}",
    ],
)
def test_an_address_whose_password_has_no_clear_end_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"^LIVINGSCAN_DATABASE_URL: write the signs .* as %40 ") as told:
        open_store(text)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://127.0.0.1:abc/db",
        f"postgresql://u:a@h:{SECRET}@127.0.0.1/db",
        "postgresql://[::1/db",
        "postgresql+foo://127.0.0.1/db",
        "postgresql+psycopg2://127.0.0.1/db",
        "mysql://x/y",
        f"u:{SECRET}@127.0.0.1/db",
        f"sqlite://u:{SECRET}@host/db",
        "sqlite+foo:///review.db",
    ],
)
def test_a_wrong_address_is_refused_naming_the_setting(text: str) -> None:
    with pytest.raises(UserError, match=r"^LIVINGSCAN_DATABASE_URL") as told:
        open_store(text)
    assert SECRET not in str(told.value)
    assert "\n" not in str(told.value)


def test_what_is_no_password_is_shown() -> None:
    assert address.shown(address.parse("postgresql://u:p@[::1]:5432/db?sslmode=require")) == (
        "postgresql+psycopg://u:***@[::1]:5432/db?sslmode=require"
    )
    assert address.shown(address.parse("sqlite:////tmp/me@home/review.db")) == "sqlite:////tmp/me@home/review.db"
