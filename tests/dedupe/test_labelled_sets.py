"""The labelled sets: never worse than the best peer was measured to be."""

import pytest

from livingscan.dedupe.engine import find_duplicates
from livingscan.dedupe.table import read_table
from tests.shared import SHARED, needs_shared

# right removals, wrong merges, copies left: bib-dedupe 0.11 on the same files, by the same scorer
PEER = {
    "cytology_screening": (771, 0, 1),
    "diabetes": (1261, 0, 0),
    "neuroimaging": (1291, 0, 8),
    "digital_work": (368, 0, 1),
}


def removals(truth: dict[str, str], groups: dict[str, str]) -> tuple[int, int, int]:
    """(right, wrong, left), as the shared scorer counts them."""
    cells = len({(truth[name], groups[name]) for name in truth})
    return len(truth) - cells, cells - len(set(groups.values())), cells - len(set(truth.values()))


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("name", PEER)
def test_no_more_wrong_merges_and_no_more_copies_left_than_the_best_peer(name: str) -> None:
    folder = SHARED / "dedupe" / name
    truth = dict(line.split(",") for line in (folder / "truth.csv").read_text("utf-8").split()[1:])
    result = find_duplicates(list(read_table(folder / "records.csv.gz")), workers=1)
    right, wrong, left = removals(truth, result.groups)
    assert right >= PEER[name][0]
    assert wrong <= PEER[name][1]
    assert left <= PEER[name][2]
    assert len(result.queue) <= 20
