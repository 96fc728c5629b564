"""The library's own recorder test cases, run against the sealed recorder, and what sealing adds to them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    OperationalError,
    ProcessRecorder,
    ProgrammingError,
    StoredEvent,
    TrackingRecorder,
)
from eventsourcing.sqlite import (
    SQLiteAggregateRecorder,
    SQLiteDatastore,
    SQLiteFactory,
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

from audit.recorder import SealedSQLiteApplicationRecorder, SealedSQLiteFactory


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

    def test_concurrent_no_conflicts(self, initial_position: int = 0) -> None:
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
