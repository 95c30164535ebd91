"""How sure are we, and of what: probability, relation and reasons.

The probability is the logistic of the score card's sum, brought to the frequencies seen on labelled
sets by a slope and an offset (Platt scaling). The relation says what the pair is where it is not
simply the same report.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from livingscan.dedupe.compare import Comparison, Floats
from livingscan.dedupe.evidence import CARD, SIGNS, evidence

# Raised with every change of what keys, features or evidence make of the same records (tests/dedupe/test_rules.py
# notices): stored records are then linked anew. Changed weights are noticed by themselves.
RULES = 1
DIGITS = 6  # probabilities are rounded, so that no last bit of a sum can change an order


@dataclass(frozen=True, slots=True)
class Model:
    """The learned score card.

    Attributes:
        weights: log odds of each line of the card, 0 or more.
        bias: log odds before any evidence.
        slope, offset: Platt scaling of the sum.
        link: from this probability on a pair is linked without asking.
        ask: from this probability on a person is asked.
    """

    weights: Floats
    bias: float
    slope: float
    offset: float
    link: float
    ask: float


@lru_cache(maxsize=1)
def model() -> Model:
    """The model in weights.json beside this file."""
    data: dict[str, Any] = json.loads(_weights())
    return model_from(data)


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Names the rules that make keys and links of records; changes when any of them does."""
    return f"{RULES}.{hashlib.sha256(_weights()).hexdigest()[:8]}"


def _weights() -> bytes:
    return files("livingscan.dedupe").joinpath("weights.json").read_bytes()


def model_from(data: dict[str, Any]) -> Model:
    """The model that ``data``, the content of weights.json, describes."""
    weights = np.array([float(data["weights"][line.name]) for line in CARD])
    return Model(weights, data["bias"], data["slope"], data["offset"], data["link"], data["ask"])


def log_odds(entries: Floats, m: Model) -> Floats:
    """Log odds of each row of :func:`evidence`. Added line by line: the same bits however pairs are split."""
    total = np.full(len(entries), m.bias)
    for column, weight in enumerate(m.weights * SIGNS):
        if weight:
            total += entries[:, column] * weight
    return m.offset + m.slope * total


def probabilities(comparison: Comparison, m: Model | None = None) -> Floats:
    """The probability of each pair to be copies of one report, rounded to six digits."""
    odds = log_odds(evidence(comparison), m or model())
    return np.round(1 / (1 + np.exp(-np.clip(odds, -30, 30))), DIGITS)
