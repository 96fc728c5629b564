"""The frozen states, by topic."""

from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

FROZEN = Path(__file__).parent.parent / "vectors" / "events.jsonl"


class FrozenState(msgspec.Struct):
    """One line of the file; the state is kept as the bytes that stand there."""

    topic: str
    state: msgspec.Raw


@pytest.fixture(scope="session")
def frozen() -> dict[str, list[bytes]]:
    """The frozen states of each topic, byte for byte."""
    by_topic: dict[str, list[bytes]] = defaultdict(list)
    for line in FROZEN.read_bytes().splitlines():
        told = msgspec.json.decode(line, type=FrozenState)
        by_topic[told.topic].append(bytes(told.state))
    return dict(by_topic)
