"""Names of the artifacts: each has one address in Prefect's UI, /artifacts/key/<name>."""

LEDGER = "search-ledger"
NEW = "new-records"
BARRIERS = "barrier-summary"
RETRACTIONS = "retractions"
HEALTH = "source-health"
LATE = "late-records"
RELEASES = "releases"
