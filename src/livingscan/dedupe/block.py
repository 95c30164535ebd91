"""Which records are worth comparing: those that share a key.

A key depends on one record's own content alone, so it can be stored in an indexed table and a new
record is compared only with the stored ones that share a key with it. No key is common: short and
generic titles, DOIs (a supplement's abstracts may share one) and page numbers only ever count
together with a second field. Where one is common all the same, it is passed over (``pairs.CROWD``),
and the records under it are compared only if they are alike in everything (:func:`alike_key`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from hashlib import blake2b

from livingscan.dedupe.item import Item
from livingscan.dedupe.journals import journal_key
from livingscan.dedupe.prepare import Prepared, prepare


def stable_hash(*parts: str) -> int:
    """A signed 64-bit number of the parts, the same in every process and on every machine (BLAKE2b)."""
    digest = blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def block_keys(item: Item) -> list[int]:
    """The block keys of an item: signed 64-bit numbers, sorted, none twice."""
    return keys_of(prepare(item))


def block_keys_of(items: Sequence[Item]) -> list[list[int]]:
    """The block keys of each item."""
    return [block_keys(item) for item in items]


def keys_of(p: Prepared) -> list[int]:
    """The block keys of a prepared item (see :func:`block_keys`)."""
    return sorted({stable_hash(*parts) for parts in key_parts(p)})


def alike_key(item: Item) -> int:
    """A number that items share if they say the same in every field; id and source are no matter."""
    said = (getattr(item, name) for name in _SAID)
    return stable_hash(*(text if isinstance(text, str) else repr(text) for text in said))


_SAID = [spec.name for spec in fields(Item) if spec.name not in ("id", "source")]

# Words that thousands of titles begin or end with: "effects of ...", "...: a systematic review".
_COMMON = frozenset(
    "effect effects impact association associations role relationship evaluation assessment comparison comparative "
    "prevalence risk factors study studies review reviews systematic meta analysis analyses randomized randomised "
    "controlled trial trials cohort survey qualitative quantitative mixed methods method protocol literature scoping "
    "case report reports series cross sectional pilot results evidence perspective perspectives experience experiences "
    "interview interviews practice lessons approach patients overview update new part".split()
)


_SOUND_ALIKE = str.maketrans("zc", "sk", "aeiouyhj")
_DOUBLED = ("ll", "ss", "tt", "nn", "mm", "rr", "pp", "ff", "kk", "dd", "gg")


def skeleton(compact: str) -> str:
    """A title's consonants: the same for "randomised" and "randomized", "Grüße" and "Gruesse"."""
    bare = compact.translate(_SOUND_ALIKE)
    for pair in _DOUBLED:
        if pair in bare:
            bare = bare.replace(pair, pair[0])
    return bare


def key_parts(p: Prepared) -> list[tuple[str, ...]]:
    """The keys as text, the first part naming the rule; for tests and measurements."""
    item, title = p.item, p.title
    first = p.authors[0].key if p.authors else ""
    start = str(p.pages.first) if p.pages.first else ""
    year = str(item.year or "")
    journal = journal_key(p.journal)
    telling = title.telling
    keys: list[tuple[str, ...]] = []
    if item.pmid:
        keys.append(("pmid", item.pmid))
    if item.pmcid:
        keys.append(("pmcid", item.pmcid))
    if item.doi:
        if first:
            keys.append(("doi+author", item.doi, first))
        if start:
            keys.append(("doi+page", item.doi, start))
        if telling:
            keys.append(("doi+title", item.doi, *telling[:2]))
    if title.compact:
        if not title.is_generic:
            keys.append(("title", skeleton(title.compact)))
        else:
            if first:
                keys.append(("title+author+year", title.compact, first, year))
            if journal:
                keys.append(("title+journal+volume", title.compact, journal, p.volume or year))
            if start and p.volume:
                keys.append(("title+volume+page", title.compact, p.volume, start, str(p.pages.last)))
        keys.extend([("title", skeleton(other)) for other in title.others if len(other) >= 25])
    own = [w for w in telling if w not in _COMMON]
    if first and len(own) >= 3:
        keys.append(("head+author", *own[:3], first))
        keys.append(("tail+author", *own[-3:], first))
    if year and len(own) >= 5 and not title.is_generic:
        keys.append(("head+year", *own[:5], year))
        keys.append(("tail+year", *own[-5:], year))
    if start:
        if p.volume and first:
            keys.append(("author+volume+page", first, p.volume, start))
        if p.volume and journal:
            keys.append(("journal+volume+page", journal, p.volume, start))
        if year and journal and first:
            keys.append(("journal+year+page+author", journal, year, start, first))
    return keys
