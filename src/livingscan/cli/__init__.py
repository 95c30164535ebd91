"""`livingscan ...`: everything that a flow does can be done here, without Prefect."""

import sys


def main() -> None:
    """The entry point of the command line."""
    from livingscan.cli.app import run

    sys.exit(run(sys.argv[1:]))
