"""Prefect: one file a flow; orchestration only, every step is a call into :mod:`livingscan`."""

import logging

# Prefect takes our loggers over (PREFECT_LOGGING_EXTRA_LOGGERS), but leaves the root at WARNING:
# without a level of their own, what the steps say at INFO would not reach the run's log.
logging.getLogger("livingscan").setLevel(logging.INFO)
