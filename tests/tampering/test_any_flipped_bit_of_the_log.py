"""Whatever single bit of whatever published file is flipped, verification says so, or that a witness is missing.

Found by: the office's own verify. A bit in the line of a witness may make it the line of a stranger, which is passed
over: then the quorum lacks it, and that is told beside the head.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.verifying import verify_ledger
from tests.tampering.holding import Office

FILES = (
    "tile/entries/000",
    "tile/entries/001.p/43",
    "tile/0/000",
    "tile/0/001.p/43",
    "tile/1/000.p/1",
    "checkpoint",
    "signed",
)


@pytest.fixture
def told(office: Office) -> Callable[[], dict[str, Any]]:
    """What verification of the books and logs says now."""
    return lambda: verify_ledger(office.path, processes=1)


@pytest.mark.parametrize("path", FILES)
def test_any_flipped_bit_of_any_published_file_is_found(
    office: Office, told: Callable[[], dict[str, Any]], path: str
) -> None:
    file: Path = office.log / path
    whole = file.read_bytes()

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(at=st.integers(0, 8 * len(whole) - 1))
    def found(at: int) -> None:
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        file.write_bytes(flipped)

        report = told()

        [log] = report["logs"] or [{"quorum_lacks": None}]
        assert report["findings"] or log["quorum_lacks"]
        assert {finding["kind"] for finding in report["findings"]} <= {"tile", "checkpoint", "cosignature"}

    found()
