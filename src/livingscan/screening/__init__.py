"""Screen: flags, queue, decisions."""
