"""Keep: SQLAlchemy models, sessions, queries; the only place that knows SQL."""

from livingscan.store.session import Store, open_store

__all__ = ["Store", "open_store"]
