"""The library's own recorder test cases, run against the sealed recorder over PostgreSQL."""

from itertools import count

import pytest
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests.persistence import ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase

from audit.recorder_postgresql import SealedPostgresApplicationRecorder, SealedPostgresDatastore
from tests.postgresql import Database

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
