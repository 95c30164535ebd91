"""Publish: numbered releases of the review, held back while a source is unhealthy."""
