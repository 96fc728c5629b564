"""The library's own recorder test cases, run against the sealed recorder, and what sealing adds to them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import sleep
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProcessRecorder,
    ProgrammingError,
    StoredEvent,
    TrackingRecorder,
)
from eventsourcing.sqlite import (
    SQLiteAggregateRecorder,
    SQLiteDatastore,
    SQLiteProcessRecorder,
    SQLiteTrackingRecorder,
)
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    InfrastructureFactoryTestCase,
    NonInterleavingNotificationIDsBaseCase,
    tmpfile_uris,
)
from eventsourcing.utils import Environment

from audit.recorder import UNNAMED_ORIGIN, SealedSQLiteApplicationRecorder, SealedSQLiteFactory
from audit.seal import entry_bytes, genesis, leaf_of, link_of


def recorder_at(db_name: str) -> SealedSQLiteApplicationRecorder:
    recorder = SealedSQLiteApplicationRecorder(SQLiteDatastore(db_name, pool_size=100))
    recorder.create_table()
    return recorder


class TestTheLibrarysRecorderCases(ApplicationRecorderTestCase[SealedSQLiteApplicationRecorder]):
    db_name = ":memory:"

    def create_recorder(self) -> SealedSQLiteApplicationRecorder:
        recorder = recorder_at(self.db_name)
        self.addCleanup(recorder.datastore.close)
        return recorder

    def in_a_file(self) -> None:
        self.uris = tmpfile_uris()
        self.db_name = next(self.uris)

    def test_concurrent_no_conflicts(self, initial_position: int = 0) -> None:  # noqa: PT028 (the library gives it)
        self.in_a_file()
        super().test_concurrent_no_conflicts(initial_position)

    def test_concurrent_no_conflicts_in_memory(self) -> None:
        self.db_name = "file::memory:?cache=shared"
        super().test_concurrent_no_conflicts()

    def test_concurrent_throughput(self) -> None:
        self.in_a_file()
        super().test_concurrent_throughput()

    def test_insert_select_in_a_file(self) -> None:
        self.in_a_file()
        super().test_insert_select()


class TestTheLibrarysInterleavingCase(NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        self.uris = tmpfile_uris()
        recorder = recorder_at(next(self.uris))
        self.addCleanup(recorder.datastore.close)
        return recorder


class TestTheLibrarysFactoryCases(InfrastructureFactoryTestCase[SealedSQLiteFactory]):
    def setUp(self) -> None:
        self.env = Environment("TestCase")
        self.env[SealedSQLiteFactory.PERSISTENCE_MODULE] = "audit.recorder"
        self.env[SealedSQLiteFactory.SQLITE_DBNAME] = ":memory:"
        super().setUp()

    def expected_factory_class(self) -> type[SealedSQLiteFactory]:
        return SealedSQLiteFactory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return SQLiteAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return SealedSQLiteApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return SQLiteTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        class Own(SQLiteTrackingRecorder):
            pass

        return Own

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return SQLiteProcessRecorder


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[SealedSQLiteApplicationRecorder]:
    made = recorder_at(str(tmp_path / "events.db"))
    yield made
    made.datastore.close()


def stored(stream: UUID, version: int, topic: str = "topic1", state: bytes = b"state1") -> StoredEvent:
    return StoredEvent(stream, version, topic, state)


def test_what_the_library_stores_is_sealed_as_one_whole_entry(recorder: SealedSQLiteApplicationRecorder) -> None:
    stream = uuid4()

    recorder.insert_events([stored(stream, 1), stored(stream, 2, state=b"line\nline")])

    with recorder.datastore.transaction(commit=False) as cursor:
        cursor.execute("SELECT position, entry, leaf, link FROM events ORDER BY position")
        (one, first, first_leaf, first_link), (two, second, second_leaf, second_link) = cursor.fetchall()
        cursor.execute("SELECT position, link, origin FROM head")
        (head,) = cursor.fetchall()
    assert (one, two) == (1, 2)
    assert first == entry_bytes(stream, 1, "topic1", b"state1")
    assert first_leaf == leaf_of(first)
    assert first_link == link_of(genesis(UNNAMED_ORIGIN), 1, first_leaf)
    assert second_link == link_of(first_link, 2, second_leaf)
    assert tuple(head) == (2, second_link, UNNAMED_ORIGIN)
    assert recorder.select_events(stream)[1].state == b"line\nline"
    assert second_leaf == leaf_of(second)


def test_recording_nothing_moves_nothing_and_gives_no_position(recorder: SealedSQLiteApplicationRecorder) -> None:
    assert recorder.insert_events([]) == []
    assert recorder.max_notification_id() is None


def test_a_connection_that_was_closed_meanwhile_goes_back_quietly(recorder: SealedSQLiteApplicationRecorder) -> None:
    with recorder.datastore.get_connection(commit=False) as connection:
        connection.close()

    assert recorder.insert_events([stored(uuid4(), 1)]) == [1]


def test_a_conflict_rolls_everything_back_and_leaves_no_gap(recorder: SealedSQLiteApplicationRecorder) -> None:
    taken, free = uuid4(), uuid4()
    recorder.insert_events([stored(taken, 1)])

    with pytest.raises(IntegrityError):
        recorder.insert_events([stored(free, 1), stored(taken, 1)])

    assert recorder.insert_events([stored(free, 1)]) == [2]
    assert recorder.max_notification_id() == 2


def test_the_stock_factory_with_our_recorder_still_survives_power_cuts(tmp_path: Path) -> None:
    factory: InfrastructureFactory[TrackingRecorder] = InfrastructureFactory.construct(
        {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "APPLICATION_RECORDER_TOPIC": "audit.recorder:SealedSQLiteApplicationRecorder",
            "SQLITE_DBNAME": str(tmp_path / "events.db"),
        }
    )

    recorder = factory.application_recorder()

    assert isinstance(recorder, SealedSQLiteApplicationRecorder)
    with recorder.datastore.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        (synchronous,) = cursor.fetchone()
        cursor.execute("PRAGMA journal_mode")
        (journal,) = cursor.fetchone()
    factory.close()
    assert (synchronous, journal) == (2, "wal")


def test_an_application_of_the_library_writes_a_book_with_its_own_origin(tmp_path: Path) -> None:
    class Notice(Aggregate):
        @event("Posted")
        def __init__(self, place: str) -> None:
            self.place = place

    class Board(Application[UUID]):
        pass

    db = tmp_path / "board.db"
    board = Board(
        {
            "PERSISTENCE_MODULE": "audit.recorder",
            "APPLICATION_RECORDER_TOPIC": "audit.recorder:SealedSQLiteApplicationRecorder",
            "SQLITE_DBNAME": str(db),
            "BOOK_ORIGIN": "ledger.test/board",
        }
    )

    notice = Notice(place="村务公开栏")
    board.save(notice)

    assert board.repository.get(notice.id).version == 1
    board.close()
    with sqlite3.connect(db) as connection:
        assert connection.execute("SELECT position, origin FROM head").fetchall() == [(1, "ledger.test/board")]
    connection.close()


def test_a_book_takes_no_streams_that_are_named_by_text(recorder: SealedSQLiteApplicationRecorder) -> None:
    with pytest.raises(ProgrammingError, match="by UUID"):
        SealedSQLiteApplicationRecorder(SQLiteDatastore(":memory:", originator_id_type="text"))
    with pytest.raises(ProgrammingError, match="originator is text"):
        recorder.insert_events([StoredEvent("payment-1", 1, "topic1", b"")])


def test_nothing_is_recorded_in_a_file_without_a_head(tmp_path: Path) -> None:
    headless = SealedSQLiteApplicationRecorder(SQLiteDatastore(str(tmp_path / "empty.db")))
    with headless.datastore.transaction(commit=True) as cursor:
        for statement in headless.create_table_statements:
            cursor.execute(statement)

    with pytest.raises(OperationalError, match="has 0 heads where it needs one"):
        headless.insert_events([stored(uuid4(), 1)])

    headless.datastore.close()


def test_a_file_that_cannot_be_opened_is_an_error_of_the_library(tmp_path: Path) -> None:
    nowhere = SealedSQLiteApplicationRecorder(SQLiteDatastore(str(tmp_path / "no folder" / "events.db")))

    with pytest.raises(InterfaceError, match="unable to open"):
        nowhere.create_table()

    nowhere.datastore.close()


def test_a_commit_that_fails_leaves_no_transaction_open_for_the_next(recorder: SealedSQLiteApplicationRecorder) -> None:
    stream = uuid4()
    with recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        cursor.execute("CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
    with recorder.datastore.get_connection(commit=False) as connection:
        connection.cursor().execute("PRAGMA foreign_keys = ON")

    with pytest.raises(IntegrityError), recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("INSERT INTO child VALUES (1)")

    assert recorder.insert_events([stored(stream, 1)]) == [1]


def test_closing_waits_for_a_reader_that_is_not_done_yet(recorder: SealedSQLiteApplicationRecorder) -> None:
    seen: list[int] = []
    recorder.insert_events([stored(uuid4(), 1)])

    def read_slowly() -> None:
        with recorder.datastore.transaction(commit=False) as cursor:
            seen.append(0)
            sleep(0.2)
            cursor.execute("SELECT position FROM head")
            seen.append(cursor.fetchone()[0])

    reader = Thread(target=read_slowly)
    reader.start()
    while not seen:
        sleep(0.001)
    recorder.datastore.close()

    reader.join()
    assert seen == [0, 1]
