"""The time stamp of another head is put in the place of one, so that something seems older than it is.

Found by: the office's own verify, which names the head's size; whoever is given checkpoint and stamp together, and has
the authority's certificate.
"""

import shutil
from pathlib import Path

import pytest

from api.anchoring import anchor
from audit.timestamps import StampInvalid, verify
from domain.event import BookName
from tests.api.stamping import ROOT, TRUSTED, authority, register
from tests.tampering.holding import Office
from tests.tampering.opening import SIZE
from tests.time_stamping import pem


@pytest.fixture
def anchors(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stamps over the head of yesterday and over one of today."""
    (tmp_path / "root.pem").write_bytes(pem(ROOT))
    monkeypatch.setenv("MINGZHANG_TSA_CA", str(tmp_path / "root.pem"))
    (office.log / "policy").unlink()
    stamping = authority(tmp_path / "tsa")
    with office.opened() as ledger:
        anchor(ledger, BookName.MONEY, stamping)
        register(ledger, 901)
    office.sign()
    with office.opened() as ledger:
        anchor(ledger, BookName.MONEY, stamping)
    return office.log / "anchors"


def test_a_stamp_over_another_head_is_no_stamp_and_the_head_without_one_is_named(office: Office, anchors: Path) -> None:
    older, newer = sorted(int(file.stem) for file in anchors.glob("*.tsr"))
    sound = office.verified()
    shutil.copy(anchors / f"{older}.tsr", anchors / f"{newer}.tsr")

    found = office.tell("verify", "--json").json["findings"]

    assert (sound, older) == ([], SIZE)
    assert {(finding["position"], finding["kind"]) for finding in found} == {(newer, "timestamp")}
    assert any("The stamp is over other bytes" in finding["found"] for finding in found)
    with pytest.raises(StampInvalid, match="over other bytes"):
        verify((anchors / f"{newer}.tsr").read_bytes(), (anchors / f"{newer}.checkpoint").read_bytes(), TRUSTED)
