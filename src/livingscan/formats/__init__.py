"""Read: one module a file format, each turning text into records."""
