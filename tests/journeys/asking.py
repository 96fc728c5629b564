"""Many questions to the real command line in one process: starting it costs more than most answers."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.journeys.commanding import TIMEOUT_SECONDS, environment

_ONE_AFTER_ANOTHER = """
import json, os, sys
from api.cli import main
for number, arguments in enumerate(json.load(sys.stdin)):
    os.dup2(os.open(str(number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    sys.argv = ["mingzhang", *arguments]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
    sys.stdout.flush()
"""


def ask(ledger: Path, questions: Sequence[Sequence[str]], *, into: Path) -> list[str]:
    """The standard output of each command, kept as a file in the empty folder `into`; each must end with 0."""
    into.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _ONE_AFTER_ANOTHER],
        cwd=into,
        env=environment(),
        input=json.dumps([["--ledger", str(ledger), *question] for question in questions]),
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return [(into / str(number)).read_text(encoding="utf-8") for number in range(len(questions))]
