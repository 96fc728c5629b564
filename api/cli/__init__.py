"""The command line: one file a command, gathered here. A new command is one file and one line."""

import sys


def main() -> None:
    """Run `mingzhang`: standard output carries the answer, standard error everything else (OUTPUTS §1)."""
    from api.cli.command import run

    sys.exit(run())
