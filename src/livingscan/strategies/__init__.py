"""The search strategies as text: what is broken in them, where, and what to do. Pure functions; no source is asked."""
