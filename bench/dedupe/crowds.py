"""What passing over crowded keys costs: of the true pairs, how many are still compared at each limit.

    python bench/dedupe/crowds.py FOLDER ... [--limits 1000 100 20 10 5]

FOLDER holds records.csv(.gz) and truth.csv. `livingscan.dedupe.pairs.CROWD` is the limit in use; 1000 stands for none.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
from run import pairs_of, records_in

from livingscan.dedupe import pairs
from livingscan.dedupe.block import alike_key, block_keys
from livingscan.dedupe.table import read_table


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--limits", nargs="*", type=int, default=[1000, 100, 20, 10, 5])
    options = ask.parse_args()
    print(f"{'set':22}{'limit':>7}{'in a crowd':>12}{'compared':>12}{'true pairs':>12}{'of them compared':>18}")
    for folder in options.folders:
        items = list(read_table(records_in(folder)))
        keys = [block_keys(item) for item in items]
        owners = np.repeat(np.arange(len(items)), [len(some) for some in keys])
        flat = np.array([key for some in keys for key in some], dtype=np.int64)
        alike = np.array([alike_key(item) for item in items], dtype=np.int64)
        truth, groups = pairs_of(folder / "truth.csv"), defaultdict(list)
        for row, item in enumerate(items):
            groups[truth[item.id]].append(row)
        true = np.array([a * len(items) + b for rows in groups.values() for a, b in combinations(rows, 2)])
        for limit in options.limits:
            pairs.CROWD = limit
            left, right, crowded = pairs.pairs_sharing_a_key(owners, flat, len(items), alike.__getitem__)
            found = int(np.isin(true, left * len(items) + right).sum())
            print(f"{folder.name:22}{limit:7}{len(crowded):12}{len(left):12}{len(true):12}{found:18}", flush=True)


if __name__ == "__main__":
    main()
