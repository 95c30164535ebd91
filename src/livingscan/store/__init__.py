"""Keep: SQLAlchemy models, sessions, queries; the only place that knows SQL."""
