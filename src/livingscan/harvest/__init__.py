"""Harvest: windows, ledger, load: pages become records; resumable, nothing lost."""
