"""The real command line, run from outside as anybody would: one process a command, or one for many questions."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

_COMMAND = "from api.cli import main; main()"
_MANY = """
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


def mingzhang(folder: Path, *arguments: str, expected_exit: int = 0) -> str:
    """The standard output of `mingzhang --ledger LEDGER …`, run in `folder`, which holds the ledger."""
    return _python(folder, _COMMAND, *_full(arguments), expected_exit=expected_exit)


def ask(folder: Path, questions: Sequence[Sequence[str]]) -> list[str]:
    """The standard output of each command; one interpreter runs them all, since starting it costs more than asking."""
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    full = [["--ledger", str(folder / "ledger"), *question] for question in questions]
    _python(answers, _MANY, stdin=json.dumps(full))
    return [(answers / str(number)).read_text(encoding="utf-8") for number in range(len(questions))]


def _full(arguments: Sequence[str]) -> list[str]:
    return ["--ledger", "ledger", *arguments]


def _python(folder: Path, code: str, *arguments: str, stdin: str = "", expected_exit: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != expected_exit:
        raise AssertionError(f"{arguments} ended with {done.returncode}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout
