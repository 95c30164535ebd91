"""Ask: one module a source, behind the small interface in base.py."""
