"""The time stamps over the heads are taken away, so that nothing says any more when they were there.

Found by: the office, since the book tells of each stamp: verify and `anchor verify` name size, instant and authority,
whether or not the authority's certificate is known here. Only the answer itself mends it, out of a backup.
"""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from api.anchoring import anchor, renew
from domain.event import BookName
from tests.api.stamping import ROOT, authority, register
from tests.tampering.holding import Office
from tests.tampering.opening import SIZE
from tests.time_stamping import pem


@pytest.fixture
def anchors(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two stamps, and a list by which both were stamped again."""
    (tmp_path / "root.pem").write_bytes(pem(ROOT))
    monkeypatch.setenv("MINGZHANG_TSA_CA", str(tmp_path / "root.pem"))
    (office.log / "policy").unlink()
    ending = authority(tmp_path / "ending", lasting=timedelta(days=30))
    for number in (901, 902):
        with office.opened() as ledger:
            anchor(ledger, BookName.MONEY, ending)
            register(ledger, number)
        office.sign()
    with office.opened() as ledger:
        renew(ledger, BookName.MONEY, authority(tmp_path / "tsa"), within=timedelta(days=60))
    office.sign()
    return office.log / "anchors"


def test_stamps_that_are_gone_are_missed_by_size_instant_and_authority_and_come_back_from_the_backup(
    office: Office, anchors: Path, tmp_path: Path
) -> None:
    sound = office.verified()
    kept = shutil.copytree(anchors, tmp_path / "backup")
    shutil.rmtree(anchors)

    found = office.tell("verify", "--json").json["findings"]
    checked = office.tell("anchor", "verify", "--book", "money", "--json")
    shutil.copytree(kept, anchors)

    assert sound == []
    assert [finding["kind"] for finding in found] == ["timestamp"] * 3
    assert [finding["expected"] for finding in found] == [
        f"anchors/{SIZE}",
        f"anchors/{found[1]['position']}",
        "anchors/renewed/1",
    ]
    assert found[0]["position"] == SIZE
    assert f"a stamp over {SIZE} entries, made at 20" in found[0]["found"]
    assert "by CN=Test TSA,O=测试局, and no file here has that answer" in found[0]["found"]
    assert "bring log/money/anchors back from its backup" in found[0]["found"]
    assert checked.status == 1
    assert [one["faults"] for one in checked.json] == [[finding["found"]] for finding in found]
    assert office.verified() == []
    assert office.tell("anchor", "verify").status == 0


def test_one_stamp_that_is_gone_is_missed_where_no_certificate_is_known(
    office: Office, anchors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MINGZHANG_TSA_CA")
    for file in anchors.glob(f"{SIZE}.*"):
        file.unlink()

    told = office.tell("verify", "--json").json

    [finding] = told["findings"]
    assert (finding["position"], finding["kind"], finding["expected"]) == (SIZE, "timestamp", f"anchors/{SIZE}")
    assert any(unread.startswith("timestamp: ") for unread in told["not_checked"])
