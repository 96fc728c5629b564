"""The runner: batches, the position in their transaction, and what happens when somebody else is first."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select

from domain.catalogue import UnknownTopic
from domain.event import BookName
from projections.runner import Projector
from projections.tables.allocations import ALLOCATIONS
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.payments import PAYMENTS
from tests.projections.history import Feed, Told, account, person, views_at
from tests.projections.tables.content import content
from tests.projections.township import COUNTY, TOWNSHIP, Township


class PowerCut(Exception):
    """The process ends while a batch is being read."""


class Interrupted(Feed):
    """A feed that fails when it comes to a position."""

    def __init__(self, feed: Feed, at: int) -> None:
        super().__init__(feed.entries)
        self._at = at

    def read(self, start: int = 1, limit: int | None = None) -> Iterator[Told]:
        for entry in super().read(start, limit):
            if entry.position == self._at:
                raise PowerCut
            yield entry


def a_year(township: Township) -> None:
    """Twelve months of payments to one person, and what they come from."""
    township.account("镇", TOWNSHIP)
    township.allocation("到达", COUNTY, TOWNSHIP, 1_000_000)
    township.programme("职业培训补贴")
    township.roster("测试甲", "H-0001")
    for month in range(1, 13):
        township.payment(f"TEST{month}", 60_000, period=f"2020-{month:02d}")


def test_catching_up_reads_every_book_to_its_head_and_tells_the_progress(township: Township, views: Engine) -> None:
    a_year(township)
    told: list[tuple[int, int]] = []

    reached = Projector(views, township.feeds, batch=6).catch_up(lambda done, total: told.append((done, total)))

    assert reached == {"money": 16, "supervision": 0}
    assert told == [(6, 16), (12, 16), (16, 16)]


def test_catching_up_twice_reads_only_what_is_new(township: Township, views: Engine) -> None:
    a_year(township)
    projector = Projector(views, township.feeds)
    projector.catch_up()
    township.payment("TEST13", 1)

    reached = projector.catch_up()

    with views.connect() as connection:
        assert connection.execute(select(func.count()).select_from(PAYMENTS.table)).scalar() == 13
    assert reached["money"] == 17


def test_a_power_cut_between_batches_resumes_and_gives_the_same_tables(township: Township, views: Engine) -> None:
    a_year(township)
    feeds = {"money": Interrupted(township.money, at=9)}
    with pytest.raises(PowerCut):
        Projector(views, feeds, batch=4).catch_up()
    assert Projector(views, township.feeds).positions()["money"] == 8

    Projector(views, township.feeds, batch=4).catch_up()

    interrupted = content(views)
    assert interrupted == content(township.project(anew=True))
    assert len(interrupted["payments"]) == 12


def test_a_batch_that_cannot_be_written_leaves_neither_rows_nor_position(township: Township, views: Engine) -> None:
    a_year(township)
    Projector(views, township.feeds).catch_up()
    before = content(views)
    township.payment("TEST13", 1)
    township.money.entries.append(township.money.entries[-1]._replace(position=18))
    with views.connect() as connection:
        clash = connection.execute(select(func.max(PAYMENTS.c.position))).scalar_one() + 1
    township.money.entries[-1] = township.money.entries[-1]._replace(position=clash)

    with pytest.raises(Exception, match=r"UNIQUE constraint failed|unique constraint"):
        Projector(views, township.feeds).catch_up()

    assert content(views) == before
    assert Projector(views, township.feeds).positions()["money"] == 16


def test_an_event_of_a_newer_version_is_named_and_stops_the_runner(township: Township, views: Engine) -> None:
    a_year(township)
    township.money.entries[15] = township.money.entries[15]._replace(topic="payment-made/v9")

    with pytest.raises(UnknownTopic, match="payment-made/v9"):
        Projector(views, township.feeds).catch_up()


def test_a_runner_that_comes_second_writes_nothing_and_goes_on_from_there(township: Township, views: Engine) -> None:
    a_year(township)
    Projector(views, township.feeds, batch=10).catch_up()
    second = Projector(views, township.feeds, batch=10)

    reached = second._step(BookName.MONEY, 0)

    assert reached == 16
    with views.connect() as connection:
        assert connection.execute(select(func.count()).select_from(PAYMENTS.table)).scalar() == 12


def test_two_runners_at_once_fence_each_other_and_count_nothing_twice(township: Township, tmp_path: Path) -> None:
    a_year(township)
    engines = [views_at(tmp_path, "shared") for _ in range(2)]
    runners = [Thread(target=Projector(engine, township.feeds, batch=2).catch_up) for engine in engines]

    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()

    assert content(engines[0]) == content(township.project())
    for engine in engines:
        engine.dispose()


def test_every_entry_stands_in_the_index_under_the_subjects_that_it_names(township: Township, views: Engine) -> None:
    township.allocation("到达", COUNTY, TOWNSHIP, 5, quota_doc_no="乙号", parent_doc_no="甲号")
    position = township.payment(
        "TEST1", 5, claim_no="SQ-1", quota_doc_no="乙号", household_no="H-0001", approver="G-0001", preparer="G-0002"
    )

    township.project()

    index = SUBJECT_INDEX.c
    with views.connect() as connection:
        named = connection.execute(select(index.kind, index.value).where(index.position == position)).all()
        of_document = connection.execute(
            select(index.position).where(index.kind == "fund", index.value == "乙号").order_by(index.position)
        ).scalars()
        assert list(of_document) == [1, 2]
    assert set(map(tuple, named)) == {
        ("payment", "TEST1"),
        ("claim", "SQ-1"),
        ("programme", "职业培训补贴"),
        ("person", person("测试甲")),
        ("household", "H-0001"),
        ("place", "测试一村"),
        ("account", account("测试甲")),
        ("fund", "乙号"),
        ("staff", "G-0001"),
        ("staff", "G-0002"),
    }


def test_the_supervision_book_never_enters_the_money_books_index(township: Township, views: Engine) -> None:
    a_year(township)
    township.project()

    with views.connect() as connection:
        positions = connection.execute(select(func.max(SUBJECT_INDEX.c.position))).scalar()
        rows = connection.execute(select(func.count()).select_from(ALLOCATIONS.table)).scalar()

    assert (positions, rows) == (16, 1)
