"""Learn the score card's weights from labelled sets, and check them on sets left out.

    python bench/dedupe/learn.py SET_DIR [SET_DIR ...] [--write]

A set is a folder with records.csv(.gz) and truth.csv (id, group_id). Printed for each set: its own errors
when it was left out of the learning, and when it was not. ``--write`` puts the weights learned from all
sets into src/livingscan/dedupe/weights.json.

How: logistic regression over the score card, weights held at or above zero (a line *for* stays for),
drawn towards the card's written judgement (``prior``) by a ridge, so that what the sets do not show keeps
a sensible weight. Each pair is shown several times, with fields dropped at random, as records from
interfaces lack them. Solved by projected gradient with Nesterov's acceleration; numpy only.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

import numpy as np

from livingscan.dedupe import evidence as cards
from livingscan.dedupe import score
from livingscan.dedupe.cluster import cluster, facts_of
from livingscan.dedupe.columns import Columns
from livingscan.dedupe.compare import Comparison, compare_columns
from livingscan.dedupe.pairs import pairs_sharing_a_key
from livingscan.dedupe.partition import prepare_part
from livingscan.dedupe.relate import SAME, relations
from livingscan.dedupe.table import read_table

RIDGE = 0.01
COPIES = 4  # of each pair, with fields dropped
BIAS_PRIOR = -4.0
UNSURE = 6.0  # log odds
LINK, ASK = 0.8, 0.15  # thresholds: link above, ask a person between
DROPPED = (
    (("authors", "first_author", "counts", "people", "between"), 0.15),
    (("journal",), 0.4),
    (("volume",), 0.35),
    (("issue",), 0.35),
    (("start", "end", "early", "pages_apart", "same_length"), 0.35),
    (("doi",), 0.3),
    (("abstract",), 0.5),
    (("year",), 0.05),
)
PRIOR = np.array([line.prior for line in cards.CARD] + [BIAS_PRIOR])


@dataclasses.dataclass(frozen=True)
class Labelled:
    """A labelled set: its records, the rows of its candidate pairs, the comparison, and which pairs are true."""

    ids: list[str]
    truth: dict[str, str]
    columns: Columns
    left: np.ndarray
    right: np.ndarray
    seen: Comparison
    same: np.ndarray

    def removals(self, m: score.Model) -> tuple[int, int, int]:
        """(right, wrong, left) of the groups that a model makes."""
        p = score.probabilities(self.seen, m)
        linked = np.flatnonzero((p >= m.link) & (relations(self.seen, p >= m.link) == SAME))
        links = [(self.ids[self.left[i]], self.ids[self.right[i]], float(p[i])) for i in linked]
        row_of = {name: row for row, name in enumerate(self.ids)}
        groups = cluster(self.ids, links, [], lambda name: facts_of(self.columns, row_of[name])).groups
        cells = len({(self.truth[name], groups[name]) for name in self.ids})
        return len(self.ids) - cells, cells - len(set(groups.values())), cells - len(set(self.truth.values()))


def compared(folder: Path) -> Labelled:
    """A labelled set with its candidate pairs compared."""
    records = next(p for p in (folder / "records.csv.gz", folder / "records.csv") if p.exists())
    items = list(read_table(records))
    truth = dict(line.split(",") for line in (folder / "truth.csv").read_text("utf-8").split()[1:])
    part = prepare_part(items)
    left, right, _ = pairs_sharing_a_key(part.owners, part.keys, len(items), lambda rows: rows)
    groups = np.array([truth[item.id] for item in items], dtype=object)
    seen = compare_columns(part.columns, left, right)
    return Labelled([item.id for item in items], truth, part.columns, left, right, seen, groups[left] == groups[right])


def with_fields_dropped(c: Comparison, rng: np.random.Generator) -> Comparison:
    """The same pairs as if one of the two records lacked some fields."""
    fields = {spec.name: getattr(c, spec.name).copy() for spec in dataclasses.fields(c)}
    for names, rate in DROPPED:
        gone = rng.random(len(c)) < rate
        for name in names:
            fields[name][gone] = -1
    return Comparison(**fields)


def shown(c: Comparison, same: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(entries, labels, weights) of a set: each pair as it is, counting double, and with fields dropped."""
    entries = [cards.evidence(c)] + [cards.evidence(with_fields_dropped(c, rng)) for _ in range(COPIES)]
    weights = np.repeat([2.0] + [1.0] * COPIES, len(c))
    return np.concatenate(entries), np.tile(same, COPIES + 1).astype(float), weights / weights.sum()


def fit(x: np.ndarray, y: np.ndarray, w: np.ndarray, steps: int = 600) -> np.ndarray:
    """Weights (the bias last) of the penalised logistic regression."""
    x = np.concatenate([x * cards.SIGNS, np.ones((len(x), 1))], axis=1)
    w = w / w.sum()
    step = 1 / (0.25 * np.linalg.eigvalsh((x * w[:, None]).T @ x)[-1] + RIDGE)
    beta, ahead, t = PRIOR.copy(), PRIOR.copy(), 1.0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ ahead))
        new = ahead - step * (x.T @ (w * (p - y)) + RIDGE * (ahead - PRIOR))
        new[:-1] = np.maximum(new[:-1], 0)
        t_new = (1 + np.sqrt(1 + 4 * t * t)) / 2
        ahead = new + (t - 1) / t_new * (new - beta)
        beta, t = new, t_new
    return beta


def platt(total: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    """(slope, offset) that bring sums to log odds, by Newton's method; labels smoothed as Platt does."""
    y = np.where(y == 1, 0.999, 0.001)
    a, b = 1.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(a * total + b)))
        g = np.array([(w * (p - y) * total).sum() + 1e-4 * (a - 1), (w * (p - y)).sum() + 1e-4 * b])
        v = w * p * (1 - p)
        h = np.array([[(v * total * total).sum() + 1e-4, (v * total).sum()], [(v * total).sum(), v.sum() + 1e-4]])
        a, b = np.array([a, b]) - np.linalg.solve(h, g)
    return float(a), float(b)


def as_model(beta: np.ndarray, slope: float = 1.0, offset: float = 0.0) -> dict[str, object]:
    weights = {line.name: round(float(b), 3) for line, b in zip(cards.CARD, beta, strict=False)}
    return {
        "bias": round(float(beta[-1]), 3),
        "slope": round(slope, 3),
        "offset": round(offset, 3),
        "link": LINK,
        "ask": ASK,
        "weights": weights,
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("sets", nargs="+", type=Path)
    ask.add_argument("--write", action="store_true")
    options = ask.parse_args()
    rng = np.random.default_rng(4)
    sets = {folder.name: compared(folder) for folder in options.sets}
    lessons = {name: shown(one.seen, one.same, rng) for name, one in sets.items()}

    def learned(names: list[str]) -> np.ndarray:
        return fit(*(np.concatenate([lessons[n][k] for n in names]) for k in range(3)))

    left_out = {name: learned([n for n in sets if n != name]) if len(sets) > 1 else PRIOR for name in sets}
    # Calibration: each set scored by weights it had no part in.
    sums = {n: score.log_odds(lessons[n][0], score.model_from(as_model(left_out[n]))) for n in sets}
    total, labels, weights = (np.concatenate(part) for part in (
        list(sums.values()), [lessons[n][1] for n in sets], [lessons[n][2] for n in sets]))  # fmt: skip
    unsure = np.abs(total) < UNSURE  # the clear ones would outweigh those that calibration is for
    slope, offset = platt(total[unsure], labels[unsure], weights[unsure])
    everything = learned(list(sets))
    final = as_model(everything, slope, offset)
    print(
        f"{'set':20}{'weights':10}{'pairs':>6}{'true':>6}{'asked':>7}{'yield':>7}{'true':>6}   removals: right, wrong, left"
    )
    for name, one in sets.items():
        for label, beta in (("prior", PRIOR), ("left out", left_out[name]), ("all sets", everything)):
            m = score.model_from(as_model(beta, slope, offset))
            p = score.probabilities(one.seen, m)
            asked = (p >= ASK) & (p < LINK)
            print(
                f"{name:20}{label:10}{len(p):6}{one.same.sum():6}{asked.sum():7}{p[asked].sum():7.1f}"
                f"{(asked & one.same).sum():6}   {one.removals(m)}"
            )
    print(f"slope {slope:.3f} offset {offset:.3f}; calibration of weights that had no part of the set, fields dropped:")
    p = 1 / (1 + np.exp(-(slope * total + offset)))
    for low, high in (
        (0, 0.05),
        (0.05, 0.15),
        (0.15, 0.3),
        (0.3, 0.5),
        (0.5, 0.7),
        (0.7, 0.8),
        (0.8, 0.9),
        (0.9, 0.99),
        (0.99, 1.01),
    ):
        inside = (p >= low) & (p < high)
        print(
            f"  {low:4.2f} to {min(high, 1):4.2f}: {inside.sum():7} pairs, said {p[inside].mean():.3f}, true {labels[inside].mean():.3f}"
        )
    if options.write:
        final["learned_from"] = sorted(sets)
        place = Path(score.__file__).with_name("weights.json")
        place.write_text(json.dumps(final, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
