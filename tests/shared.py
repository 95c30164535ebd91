"""Where third parties' test data lies: beside the checkout, never in it."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("LIVINGSCAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason="third parties' test data is not here: put it in ../shared or name its folder in LIVINGSCAN_SHARED",
)
