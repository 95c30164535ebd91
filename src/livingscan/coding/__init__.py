"""Code: suggested findings with the words they rest on, and their confirmation."""
