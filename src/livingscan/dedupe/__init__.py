"""Duplicates: records that are copies of one report, and reports that belong together.

``block`` (which records to compare) -> ``compare`` (what agrees) -> ``evidence``, ``score`` (what it is
worth) -> ``cluster`` (groups, checked as wholes); ``engine`` puts them together, ``explain`` says why.
"""
