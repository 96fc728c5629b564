"""The one file that knows which database it is."""

from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from projections.dialect import (
    insert_missing,
    insert_missing_from,
    insert_rows,
    postgresql_engine,
    sqlite_engine,
    trying,
    writing,
)
from tests.postgresql import Database

WORDS = Table("words", MetaData(), Column("word", String, primary_key=True), Column("times", Integer, nullable=False))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = sqlite_engine(tmp_path / "words.db")
    WORDS.metadata.create_all(made)
    return made


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(WORDS)).scalar_one()


def test_rows_of_any_number_go_in_from_a_generator(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_rows(connection, WORDS, ("word", "times"), ((f"{number:03d}", number) for number in range(123)))
        insert_rows(connection, WORDS, ("word", "times"), [])

    assert count(engine) == 123
    engine.dispose()


def test_rows_whose_key_is_there_are_left_as_they_stand(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_rows(connection, WORDS, ("word", "times"), [("a", 1)])
        insert_missing(connection, WORDS, ("word", "times"), [("a", 9), ("b", 9)])
        same = select(WORDS.c.word, WORDS.c.times + 1).where(WORDS.c.times > 0)
        insert_missing_from(connection, WORDS, ("word", "times"), same)

    with engine.connect() as connection:
        assert connection.execute(select(WORDS).order_by(WORDS.c.word)).all() == [("a", 1), ("b", 9)]
    engine.dispose()


def test_only_a_standing_key_is_passed_over_and_no_other_fault(engine: Engine) -> None:
    with pytest.raises(Exception, match="NOT NULL"), writing(engine) as connection:
        insert_missing(connection, WORDS, ("word", "times"), [("a", None)])
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(WORDS).values(word="a", times=None))

    assert count(engine) == 0
    engine.dispose()


def test_a_reader_sees_one_state_while_another_writes(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_rows(connection, WORDS, ("word", "times"), [("a", 1)])

    with engine.connect() as reader:
        before = reader.execute(select(func.count()).select_from(WORDS)).scalar_one()
        with writing(engine) as connection:
            insert_rows(connection, WORDS, ("word", "times"), [("b", 1)])
        after = reader.execute(select(func.count()).select_from(WORDS)).scalar_one()

    assert (before, after, count(engine)) == (1, 1, 2)
    engine.dispose()


def test_a_second_writer_waits_for_the_first_instead_of_failing(engine: Engine) -> None:
    begun = Event()

    def second() -> None:
        begun.set()
        with writing(engine) as connection:
            seen = connection.execute(select(func.count()).select_from(WORDS)).scalar_one()
            insert_rows(connection, WORDS, ("word", "times"), [("second", seen)])

    waiting = Thread(target=second)
    with writing(engine) as connection:
        waiting.start()
        begun.wait()
        insert_rows(connection, WORDS, ("word", "times"), [("first", 0)])
    waiting.join()

    with engine.connect() as connection:
        assert connection.execute(select(WORDS.c.times).where(WORDS.c.word == "second")).scalar() == 1
    engine.dispose()


def tries(engine: Engine) -> tuple[int, int]:
    """How many words a trial sees when it has told one more, and how many there are behind it."""
    with trying(engine) as connection:
        insert_rows(connection, WORDS, ("word", "times"), [("tried", 1)])
        seen = connection.execute(select(func.count()).select_from(WORDS)).scalar_one()
    return seen, count(engine)


def test_a_trial_sees_what_it_writes_and_leaves_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_rows(connection, WORDS, ("word", "times"), [("a", 1)])

    assert tries(engine) == (2, 1)
    engine.dispose()


def test_a_trial_that_fails_leaves_nothing_and_says_why(engine: Engine) -> None:
    twice = [("tried", 1), ("tried", 2)]

    with pytest.raises(Exception, match="UNIQUE"), trying(engine) as connection:
        insert_rows(connection, WORDS, ("word", "times"), twice)

    assert count(engine) == 0
    engine.dispose()


@pytest.mark.postgresql
def test_a_trial_in_postgresql_leaves_nothing_either(database: Database) -> None:
    engine = postgresql_engine(database.url, schema="words")
    WORDS.metadata.create_all(engine)

    assert tries(engine) == (1, 0)
    engine.dispose()


@pytest.mark.postgresql
def test_postgresql_compiles_no_expressions_in_any_transaction_and_nothing_stays_set(database: Database) -> None:
    engine = postgresql_engine(database.url, schema="words")

    with engine.connect() as connection:
        reading = connection.exec_driver_sql("SHOW jit").scalar()
        connection.rollback()
        left = connection.connection.cursor().execute("SHOW jit").fetchone()
    with writing(engine) as connection:
        in_writing = connection.exec_driver_sql("SHOW jit").scalar()

    assert (reading, in_writing, left) == ("off", "off", tuple(database.does("SHOW jit")[0]))
    engine.dispose()
