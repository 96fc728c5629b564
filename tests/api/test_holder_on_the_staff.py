"""Whose name an account's holder bears, where it is not the payee's: a serving person's is noted at intake (ACC-05)."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.importing import import_path
from api.ledger import Ledger
from projections.tables.payments import PAYMENTS
from tests.journeys.making_lists import MANIFEST, PROGRAMME, write_list

CADRE = {"staff_no": "G-0015", "name": "陈思凤", "serving_until": ""}


@pytest.fixture
def ledger(empty_ledger: Ledger) -> Ledger:
    """A ledger in a folder, in which nothing stands."""
    return empty_ledger


def paid(folder: Path, *rows: dict[str, Any]) -> Path:
    """A package with one cadre, one programme and these payments."""
    write_list(folder, "manifest", MANIFEST)
    write_list(folder, "staff", CADRE)
    write_list(folder, "programmes", PROGRAMME)
    write_list(folder, "subsidy_payments", *({"bank_ref": f"REF{n}"} | row for n, row in enumerate(rows, start=1)))
    return folder


def test_the_post_of_a_holder_is_noted_where_the_payee_bears_another_name(ledger: Ledger, tmp_path: Path) -> None:
    package = paid(
        tmp_path / "package",
        {"name": "测试甲", "holder_name": "陈思凤"},
        {"name": "测试甲", "holder_name": "陈 思凤"},
        {"name": "测试甲", "holder_name": "测试甲"},
        {"name": "测试甲", "holder_name": "测试乙"},
        {"name": "陈思凤", "holder_name": "陈思凤"},
    )

    import_path(ledger, package)

    p = PAYMENTS.c
    with ledger.engine.connect() as connection:
        found = connection.execute(select(p.holder_staff_no, p.holder_matches).order_by(p.bank_ref)).fetchall()
    assert [tuple(row) for row in found] == [
        ("G-0015", False),
        ("G-0015", False),
        (None, True),
        (None, False),
        (None, True),
    ]
