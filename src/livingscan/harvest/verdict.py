"""How a search ended. A failed source never looks like an empty one: the rule is here, and only here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def judge(
    *, promised: int | None, items: Mapping[str, int], missing: Sequence[str], error: str = ""
) -> tuple[str, str]:
    """The status of a search and the reason for it.

    Args:
        promised: the source's own number of hits, None where it gives none.
        items: how many ids are "promised" (still), "fetched", "known" (stored already, so not sent
            again), "absent", "deleted", "unreadable".
        missing: some of the ids that were promised and not accounted for.
        error: what broke the search off, "" if nothing did.

    Returns:
        ("complete", note): every promised id was fetched or is accounted for by name.
        ("empty", ""): the source answered, and said that there is nothing.
        ("partial", why) or ("failed", why): something is missing; "failed" when nothing came at all.
    """
    got = items.get("fetched", 0) + items.get("known", 0)
    named = items.get("absent", 0) + items.get("deleted", 0) + items.get("unreadable", 0)
    open_ids = items.get("promised", 0)
    if error:
        return ("partial" if got else "failed", error)
    if open_ids:
        listed = ", ".join(missing) + (", ..." if open_ids > len(missing) else "")
        return ("partial" if got else "failed", f"{open_ids:,} promised records did not come: {listed}")
    if promised is not None and got + named < promised:
        lack = promised - got - named
        return ("partial" if got else "failed", f"the source promised {promised:,} records and sent {lack:,} fewer")
    if not got and not named:
        return ("empty", "")
    notes = [
        f"{items[state]:,} {words}"
        for state, words in (
            ("known", "stored already"),
            ("absent", "named but not delivered"),
            ("unreadable", "could not be read and are kept raw"),
        )
        if items.get(state)
    ]
    return ("complete", "; ".join(notes))
