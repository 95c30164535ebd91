"""The little statistics that the summary needs."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054  # the 97.5% point of the normal distribution: 95% intervals


def wilson(n: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share by Wilson's score method (Wilson 1927; Newcombe 1998, Stat Med 17:857-872).

    Args:
        n: how many. of: of how many.

    Returns:
        Lower and upper limit as shares; (0, 1) where there is nothing to count.

    Raises:
        ValueError: ``n`` is not between 0 and ``of``.
    """
    if not 0 <= n <= of:
        raise ValueError(f"{n} of {of} is no share")
    if of == 0:
        return 0.0, 1.0
    share = n / of
    middle = share + Z * Z / (2 * of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    scale = 1 + Z * Z / of
    low = 0.0 if n == 0 else (middle - half) / scale
    high = 1.0 if n == of else (middle + half) / scale
    return low, high
