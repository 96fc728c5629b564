"""The table of `docs/threats.md` tells of every drill, and of none that is not there.

Found by: this test, when a drill is added and not told of.
"""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
THREATS = (HERE.parents[1] / "docs" / "threats.md").read_text(encoding="utf-8")
DRILLS = sorted(file.name for file in HERE.glob("test_*.py") if file != Path(__file__))
NAMED = re.compile(r"`(test_[a-z_0-9]+\.py)`")


def test_every_drill_stands_in_the_table_and_nothing_else_does() -> None:
    rows = [line for line in THREATS.splitlines() if line.startswith("|")]

    told = {name for row in rows for name in NAMED.findall(row)}

    assert sorted(told) == DRILLS


@pytest.mark.parametrize("drill", DRILLS)
def test_every_drill_says_who_finds_it(drill: str) -> None:
    told = ast.get_docstring(ast.parse((HERE / drill).read_text(encoding="utf-8"))) or ""

    assert "Found by: " in told
