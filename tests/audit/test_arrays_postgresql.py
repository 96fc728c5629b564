"""Arrays packed by us are the arrays that the server reads."""

from uuid import UUID, uuid4

import psycopg
import pytest

from audit.arrays_postgresql import bigints, byteas, register_arrays, texts, uuids
from tests.postgresql import Cluster

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("count", [0, 1, 3, 1_000])
def test_packed_arrays_arrive_as_the_values_they_were_made_of(cluster: Cluster, count: int) -> None:
    streams: list[UUID] = [uuid4() for _ in range(count)]
    blobs = [bytes(range(number % 256)) for number in range(count)]
    numbers = [(-1) ** number * (2**62 - number) for number in range(count)]
    words = ["明账" * (number % 5) for number in range(count)]

    with psycopg.connect(cluster.url()) as connection:
        register_arrays(connection)
        row = connection.execute(
            "SELECT %b, %b, %b, %b", (byteas(blobs), uuids(streams), bigints(numbers), texts(words))
        ).fetchone()

    assert row == (blobs, streams, numbers, words)
