"""livingscan: a living review of what gets in the way of improvement in the NHS."""

__version__ = "0.1.0"
