"""A small literature that answers like the sources on loopback. For tests and the demo alone."""
