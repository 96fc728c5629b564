"""The views' database is disposable: made when missing, made anew when its shape is another."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, inspect

from projections import views
from projections.dialect import schema_of
from projections.runner import Projector
from projections.tables.claims import CLAIMS
from projections.views import prepare, remake
from tests.projections.history import views_at
from tests.projections.tables.content import content
from tests.projections.township import Township


def test_views_that_are_there_are_opened_with_what_they_hold(township: Township, tmp_path: Path) -> None:
    township.payment("TEST1", 1)
    first = views_at(tmp_path, "views")
    Projector(first, township.feeds).catch_up()
    first.dispose()

    again = views_at(tmp_path, "views")

    assert Projector(again, township.feeds).positions()["money"] == 1
    again.dispose()


def test_views_of_another_shape_are_made_anew_and_read_from_the_first_entry(
    township: Township, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    township.payment("TEST1", 1)
    engine = views_at(tmp_path, "views")
    Projector(engine, township.feeds).catch_up()
    before = content(engine)
    with engine.begin() as connection:
        Table("of_an_older_version", MetaData(), Column("x", Integer)).create(connection)
        CLAIMS.table.drop(connection)
    monkeypatch.setattr(views, "HANDLERS_VERSION", views.HANDLERS_VERSION + 1)
    views.fingerprint.cache_clear()

    made = prepare(engine)

    assert made
    assert Projector(engine, township.feeds).positions()["money"] == 0
    assert not inspect(engine).has_table("of_an_older_version", schema=schema_of(engine))
    Projector(engine, township.feeds).catch_up()
    assert content(engine) == before
    engine.dispose()
    monkeypatch.undo()
    views.fingerprint.cache_clear()


def test_views_of_the_present_shape_are_left_alone_by_preparing(township: Township) -> None:
    township.payment("TEST1", 1)

    assert not prepare(township.project())


def test_remaking_forgets_every_row_and_a_rebuild_gives_them_back(township: Township, tmp_path: Path) -> None:
    township.payment("TEST1", 1)
    township.loan("JJ-0001", interest_subsidy_fen=5)
    engine = views_at(tmp_path, "views")
    Projector(engine, township.feeds).catch_up()
    before = content(engine)

    remake(engine)
    emptied = content(engine)
    Projector(engine, township.feeds).catch_up()

    assert not any(emptied.values())
    assert content(engine) == before
    engine.dispose()
