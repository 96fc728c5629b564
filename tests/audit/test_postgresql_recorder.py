"""The library's own recorder test cases, run against the sealed recorder over PostgreSQL."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    ProcessRecorder,
    ProgrammingError,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.postgres import (
    PostgresAggregateRecorder,
    PostgresDatastore,
    PostgresProcessRecorder,
    PostgresTrackingRecorder,
)
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    InfrastructureFactoryTestCase,
    NonInterleavingNotificationIDsBaseCase,
)
from eventsourcing.utils import Environment
from psycopg import Cursor
from psycopg.rows import DictRow

from audit.book import Book
from audit.recorder_postgresql import (
    SealedPostgresApplicationRecorder,
    SealedPostgresDatastore,
    SealedPostgresFactory,
)
from audit.seal import NotAnEntry
from audit.verify import verify_book
from tests.postgresql import PORT, Database

pytestmark = pytest.mark.postgresql

_numbers = count(1)


class _InADatabase:
    """Gives each case a database."""

    database: Database

    @pytest.fixture(autouse=True)
    def _a_database(self, database: Database) -> None:
        self.database = database

    def recorder(self) -> SealedPostgresApplicationRecorder:
        datastore = SealedPostgresDatastore(self.database.url, schema=f"book{next(_numbers)}", connections_beyond=60)
        recorder = SealedPostgresApplicationRecorder(datastore)
        recorder.create_table()
        self.addCleanup(datastore.close)  # type: ignore[attr-defined]  # of unittest
        return recorder


class TestTheLibrarysRecorderCases(_InADatabase, ApplicationRecorderTestCase[SealedPostgresApplicationRecorder]):
    def create_recorder(self) -> SealedPostgresApplicationRecorder:
        return self.recorder()


class TestTheLibrarysInterleavingCase(_InADatabase, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.recorder()


def environment(database: Database) -> dict[str, str]:
    """How an application of the library is told of the database."""
    return {
        "PERSISTENCE_MODULE": "audit.recorder_postgresql",
        "POSTGRES_DBNAME": database.name,
        "POSTGRES_HOST": str(database.cluster.folder),
        "POSTGRES_PORT": str(PORT),
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "",
        "POSTGRES_SCHEMA": "money",
        "BOOK_ORIGIN": "ledger.test/board",
    }


class TestTheLibrarysFactoryCases(_InADatabase, InfrastructureFactoryTestCase[SealedPostgresFactory]):
    @pytest.fixture(autouse=True)
    def _told_of_the_database(self, database: Database) -> None:
        database.does("CREATE SCHEMA library")
        self.told = environment(database)

    def setUp(self) -> None:
        self.env = Environment("TestCase", {**self.told, "POSTGRES_SCHEMA": "library"})
        super().setUp()

    def test_create_application_recorder(self) -> None:
        self.factory.close()
        self.env["POSTGRES_SCHEMA"] = "money"
        self.factory = SealedPostgresFactory(self.env)
        super().test_create_application_recorder()

    def expected_factory_class(self) -> type[SealedPostgresFactory]:
        return SealedPostgresFactory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return PostgresAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return SealedPostgresApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return PostgresTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        class Own(PostgresTrackingRecorder):
            pass

        return Own

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return PostgresProcessRecorder


class Following(SealedPostgresApplicationRecorder):
    """Records beside the events how far another application was followed, as the library's process recorder does."""

    def __init__(self, datastore: SealedPostgresDatastore) -> None:
        super().__init__(datastore)
        self.tracking = PostgresTrackingRecorder(datastore, tracking_table_name="followed")

    def _insert_events(self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        self.tracking._insert_tracking(curs, kwargs["tracking"])


@pytest.fixture
def following(database: Database) -> Iterator[Following]:
    datastore = SealedPostgresDatastore(database.url, schema="money")
    made = Following(datastore)
    made.create_table()
    made.tracking.create_table()
    yield made
    datastore.close()


def stored(stream: UUID, version: int, state: bytes = b"state1") -> StoredEvent:
    return StoredEvent(stream, version, "topic1", state)


def test_what_is_tracked_stands_with_its_events_and_never_without_them(following: Following) -> None:
    stream = uuid4()

    assert following.insert_events([stored(stream, 1)], tracking=Tracking("bank", 1)) == [1]
    with pytest.raises(NotAnEntry, match="more than"):  # raised by the client, in the midst of it
        following.insert_events([stored(stream, 2, b"x" * 70_000)], tracking=Tracking("bank", 2))
    with pytest.raises(IntegrityError):
        following.insert_events([stored(stream, 1)], tracking=Tracking("bank", 3))

    assert following.tracking.max_tracking_id("bank") == 1
    assert following.insert_events([], tracking=Tracking("bank", 4)) == []
    assert following.tracking.max_tracking_id("bank") == 4
    assert following.max_notification_id() == 1


def test_a_conflict_takes_no_position_since_none_comes_from_a_sequence(following: Following) -> None:
    taken = uuid4()
    following.insert_events([stored(taken, 1)], tracking=Tracking("bank", 1))

    for number in range(2, 5):
        with pytest.raises(IntegrityError):
            following.insert_events([stored(uuid4(), 1), stored(taken, 1)], tracking=Tracking("bank", number))

    assert following.insert_events([stored(uuid4(), 1)], tracking=Tracking("bank", 9)) == [2]


def test_an_application_of_the_library_writes_a_book_that_opens_as_one(database: Database) -> None:
    class Notice(Aggregate):
        @event("Posted")
        def __init__(self, place: str) -> None:
            self.place = place

    board: Application[UUID] = Application(environment(database))

    notice = Notice(place="村务公开栏")
    board.save(notice)

    assert board.repository.get(notice.id).version == 1
    assert [n.id for n in board.notification_log.select(start=1, limit=10)] == [1]
    board.close()
    with Book.open(database.url, name="money") as book:
        assert (book.origin, book.head.position) == ("ledger.test/board", 1)
        assert {finding.kind for finding in verify_book(book).findings} == {"unreadable"}  # its topics are no house's


def test_a_recorder_wants_uuids_and_a_schema_of_its_own(database: Database) -> None:
    words = (database.name, str(database.cluster.folder), PORT, "postgres", "")

    with pytest.raises(ProgrammingError, match="by UUID"):
        SealedPostgresApplicationRecorder(PostgresDatastore(*words, originator_id_type="text"))
    with pytest.raises(ProgrammingError, match="schema of its own"):
        SealedPostgresApplicationRecorder(PostgresDatastore(*words))


def test_a_table_that_is_there_is_not_made_again_and_loses_nothing(following: Following) -> None:
    following.insert_events([stored(uuid4(), 1)], tracking=Tracking("bank", 1))

    following.create_table()

    assert following.max_notification_id() == 1
