"""bib-dedupe on a table of records: reads argv[1] (CSV, packed or not), writes id,group_id to argv[2].

Run by run.py with an interpreter that has bib-dedupe; not part of livingscan.
"""

import csv
import sys

import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep

RENAMED = {"id": "ID", "authors": "author", "isbn": "isbn", "entrytype": "ENTRYTYPE"}
if __name__ == "__main__":
    records = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False).rename(columns=RENAMED)
    records["ENTRYTYPE"] = records.get("ENTRYTYPE", "article").replace("", "article")
    # source is what bib-dedupe calls the search set: records of one set are then never compared
    records = records.drop(
        columns=[c for c in ("source", "isbn", "url", "editor", "publisher", "institution") if c in records]
    )
    found = cluster(match(block(prep(records, cpu=2), cpu=2), cpu=2)) if len(records) else []
    group = {name: min(names) for names in found for name in names}
    with open(sys.argv[2], "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("id", "group_id"))
        out.writerows((name, group.get(name, name)) for name in records["ID"])
