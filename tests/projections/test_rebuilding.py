"""A rebuild beside the live tables finds every row that the events do not give."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from projections.dialect import writing
from projections.rebuilding import Compared, RowDiffers, build, compare
from projections.runner import Projector
from projections.tables.internal import TOUCHED
from projections.tables.payments import PAYMENTS
from tests.projections.history import views_at
from tests.projections.tables.content import content
from tests.projections.township import Township


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Engine]:
    """Empty tables beside the live ones."""
    engine = views_at(tmp_path, "fresh")
    yield engine
    engine.dispose()


def some_months(township: Township) -> None:
    township.account("1", "测试镇财政所")
    for number in range(7):
        township.payment(f"TEST{number}", 100 + number)
    township.loan("JJ-0001", interest_subsidy_fen=5)


def differing(compared: Iterable[Compared]) -> dict[str, int]:
    return {name: count for name, _, count in compared if count}


def test_a_rebuild_of_sound_tables_finds_no_difference_and_gives_the_same(township: Township, fresh: Engine) -> None:
    some_months(township)
    live = township.project()

    compared = build(fresh, live, township.feeds)

    assert differing(compared) == {}
    assert {name: rows for name, rows, _ in compared}["payments"] == 8
    assert content(fresh) == content(live)


def test_a_changed_a_missing_and_an_invented_row_are_counted_in_their_tables(township: Township, fresh: Engine) -> None:
    some_months(township)
    live = township.project()
    payments = PAYMENTS.c
    with writing(live) as connection:
        connection.execute(update(PAYMENTS.table).where(payments.bank_ref == "TEST1").values(amount_fen=999))
        connection.execute(delete(PAYMENTS.table).where(payments.bank_ref == "TEST2"))
        connection.execute(insert(PAYMENTS.table).values(position=99, line_no=1, bank_ref="TEST99", amount_fen=1))

    compared = build(fresh, live, township.feeds)

    assert differing(compared) == {"payments": 3}


def test_each_row_that_differs_is_told_with_its_entry_and_the_columns(township: Township, fresh: Engine) -> None:
    some_months(township)
    live = township.project()
    payments = PAYMENTS.c
    with writing(live) as connection:
        connection.execute(update(PAYMENTS.table).where(payments.bank_ref == "TEST1").values(amount_fen=999))
        connection.execute(delete(PAYMENTS.table).where(payments.bank_ref == "TEST2"))
        connection.execute(insert(PAYMENTS.table).values(position=99, line_no=1, bank_ref="TEST99", amount_fen=1))
    rows: list[RowDiffers] = []

    with live.connect() as reader, writing(live):  # nobody waits, and nobody is waited for
        reader.execute(select(PAYMENTS.table)).all()
        counted = compare(fresh, live, township.feeds, told=rows.append)

    assert [(row.table, row.columns) for row in rows] == [
        ("payments", ("amount_fen",)),
        ("payments", ()),
        ("payments", ()),
    ]
    assert differing(counted) == {"payments": 3}
    changed, lost, invented = rows
    assert changed.standing is not None
    assert changed.made is not None
    assert (changed.standing["amount_fen"], changed.made["amount_fen"]) == (999, 101)
    assert (lost.standing, invented.made, invented.position) == (None, None, 99)
    assert changed.position == changed.made["position"]


def test_a_rebuild_goes_no_further_than_the_live_tables_have_come(township: Township, fresh: Engine) -> None:
    some_months(township)
    live = township.project()
    township.payment("TEST8", 8)

    compared = build(fresh, live, township.feeds)

    assert differing(compared) == {}
    assert Projector(fresh, township.feeds).positions() == Projector(live, township.feeds).positions()


def test_what_was_touched_and_judged_is_not_judged_again_after_a_clean_rebuild(
    township: Township, fresh: Engine
) -> None:
    some_months(township)
    live = township.project()
    with writing(live) as connection:
        connection.execute(delete(TOUCHED))
    township.payment("TEST8", 8)
    township.project()

    build(fresh, live, township.feeds)

    with live.connect() as standing, fresh.connect() as made:
        touched = select(TOUCHED.c.kind, TOUCHED.c.key).order_by(TOUCHED.c.kind, TOUCHED.c.key)
        assert made.execute(touched).all() == standing.execute(touched).all() != []
