"""What a check of the stamps finds, offline: in their files, in their certificates, and in the log behind them."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.anchor_files import AnchorFiles, Wanted
from api.anchoring import anchor, newest_head, renew
from api.checking_anchors import CheckedAnchor, check_anchors, missed_anchors
from api.ledger import Ledger
from api.time_stamping import Authority
from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Signer, signed
from audit.renewals import CHECKPOINT
from audit.timestamps import request
from domain.refusal import Refused
from tests.api.stamping import MONEY, TRUSTED, Clock, authority, ledger_at, publish, register
from tests.time_stamping import root

MONTH = timedelta(days=30)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tsa(tmp_path: Path) -> Authority:
    return authority(tmp_path / "tsa")


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger with stamps over its heads of two and of four entries, by a certificate that ends in a month."""
    ending = authority(tmp_path / "ending-tsa", lasting=MONTH)
    with ledger_at(tmp_path / "books", clock) as made:
        for number in (1, 2):
            register(made, number)
            publish(made)
            anchor(made, MONEY, ending)
        yield made


def anchors(ledger: Ledger) -> Path:
    return ledger.folder.logs / "money" / "anchors"


def check(ledger: Ledger) -> list[CheckedAnchor]:
    return check_anchors(ledger, MONEY, TRUSTED)


def faults(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    return {one.judged.name: one.faults for one in check(ledger)}


def test_stamps_that_hold_are_told_with_their_head_their_instant_and_their_authority(ledger: Ledger) -> None:
    first, second = check(ledger)

    assert (first.faults, second.faults) == ((), ())
    assert first.told.keys() == {
        "name",
        "size",
        "root",
        "stamped_at",
        "authority",
        "holds_until",
        "renewed_by",
        "faults",
    }
    assert [one.told["size"] for one in (first, second)] == [2, 4]
    assert first.told["authority"] == "CN=Test TSA,O=测试局"


def test_stamps_hold_no_longer_than_their_certificate_unless_they_were_stamped_again(
    ledger: Ledger, clock: Clock, tsa: Authority
) -> None:
    clock.ahead = 2 * MONTH
    assert [fault.partition(" ")[0] for (fault,) in faults(ledger).values()] == ["It", "It"]
    assert "was not stamped again before" in faults(ledger)["2"][0]

    clock.ahead = timedelta()
    renew(ledger, MONEY, tsa, within=2 * MONTH)
    clock.ahead = 2 * MONTH
    assert faults(ledger) == {"2": (), "4": (), "renewed/1": ()}
    assert check(ledger)[0].told["renewed_by"] == ["renewed/1"]


def edited(folder: Path) -> None:
    file = folder / "2.checkpoint"
    file.write_bytes(file.read_bytes().replace(b"\n2\n", b"\n3\n"))


def emptied(folder: Path) -> None:
    (folder / "2.checkpoint").write_bytes(b"")


def lost(folder: Path) -> None:
    (folder / "2.checkpoint").unlink()


def truncated(folder: Path) -> None:
    file = folder / "2.tsr"
    file.write_bytes(file.read_bytes()[:-1])


def exchanged(folder: Path) -> None:
    (folder / "2.tsr").write_bytes((folder / "4.tsr").read_bytes())


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (edited, "The stamp is over other bytes"),
        (emptied, "2.checkpoint is none"),
        (lost, "The file 2.checkpoint, which was stamped, is missing"),
        (truncated, "The answer has a value of"),
        (exchanged, "The stamp is over other bytes"),
    ],
)
def test_a_file_that_was_changed_or_lost_is_named_and_the_other_stamp_holds(
    ledger: Ledger, harm: Callable[[Path], None], why: str
) -> None:
    harm(anchors(ledger))

    found = faults(ledger)

    assert any(fault.startswith(why) for fault in found["2"]), found
    assert found["4"] == ()


def test_stamps_that_the_book_tells_of_and_whose_files_are_gone_are_missed_with_size_instant_and_authority(
    ledger: Ledger, tsa: Authority
) -> None:
    renew(ledger, MONEY, tsa, within=2 * MONTH)
    first, second, _ = check(ledger)
    for file in (*anchors(ledger).glob("4.*"), *anchors(ledger).glob("renewed/*")):
        file.unlink()

    kept, gone, renewal = check(ledger)

    assert (kept.judged.name, kept.faults) == ("2", ())
    assert (gone.judged.name, renewal.judged.name) == ("4", "renewed/1")
    assert gone.told.keys() == {"name", "size", "root", "renewed_by", "faults"}
    [fault] = gone.faults
    told = second.told
    assert f"a stamp over 4 entries, made at {told['stamped_at']} by CN=Test TSA,O=测试局, and no file here" in fault
    assert "bring log/money/anchors back from its backup" in fault
    assert (gone.head, renewal.head, first.head) == (second.head, second.head, kept.head)
    shutil.rmtree(anchors(ledger))
    assert [one.judged.name for one in missed_anchors(ledger, MONEY)] == ["2", "4", "renewed/1"]


def test_of_two_answers_over_one_head_the_one_that_the_book_does_not_tell_of_replaces_nothing(
    ledger: Ledger, tsa: Authority
) -> None:
    message = (anchors(ledger) / "2.checkpoint").read_bytes()
    (anchors(ledger) / "2.tsr").write_bytes(tsa.ask(request(message, 7)))

    found = faults(ledger)

    unrecorded, missed = found["2"]
    assert unrecorded.startswith("The book does not tell of it")
    assert missed.startswith("The book tells of a stamp over 2 entries")
    assert found["4"] == ()


def test_stamps_of_an_authority_that_is_not_trusted_do_not_hold(ledger: Ledger) -> None:
    checked = check_anchors(ledger, MONEY, [root("Another root").certificate])

    assert all("does not chain up to a trusted one" in one.faults[0] for one in checked)
    assert checked[0].told.keys() == {"name", "size", "root", "renewed_by", "faults"}


def keep_stamped(ledger: Ledger, tsa: Authority, checkpoint: Checkpoint) -> None:
    """Keep a stamp that holds over another head."""
    signer = Ed25519Signer(checkpoint.origin, bytes(range(32)))
    wanted = Wanted(CHECKPOINT, signed(checkpoint.text, [signer]).encode())
    AnchorFiles(ledger, MONEY).keep(wanted, tsa.ask(request(wanted.message, 1)))


def test_a_log_that_was_rewritten_shortened_or_exchanged_is_told_by_the_head_that_was_stamped(
    ledger: Ledger, tsa: Authority
) -> None:
    origin = ledger.book(MONEY).origin
    keep_stamped(ledger, tsa, Checkpoint(origin, 3, bytes(32)))
    keep_stamped(ledger, tsa, Checkpoint(origin, 90, bytes(32)))
    keep_stamped(ledger, tsa, Checkpoint("ledger.test/another", 1, bytes(32)))

    found = faults(ledger)

    assert found["1"][0].startswith("It is of the log ledger.test/another, and this one is mingzhang.local/")
    assert found["3"][0].startswith("The log's root at 3 is ")
    assert found["3"][0].endswith(f"and {bytes(32).hex()} was stamped: it was rewritten.")
    assert found["90"][0] == "The log has 4 entries now: the entries up to 90, which were stamped, are gone."
    assert all(one[1].startswith("The book does not tell of it") for one in (found["1"], found["3"], found["90"]))
    assert (found["2"], found["4"]) == ((), ())


def test_where_the_log_is_gone_or_damaged_it_is_said_that_nothing_can_be_compared(ledger: Ledger) -> None:
    tile = ledger.folder.logs / "money" / "tile" / "0" / "000.p"
    [newest] = tile.glob("4")
    kept = newest.read_bytes()
    newest.write_bytes(bytes(len(kept)))
    assert "The log cannot be compared with it" in faults(ledger)["2"][0]

    newest.write_bytes(kept)
    assert faults(ledger)["2"] == ()
    (ledger.folder.logs / "money" / "checkpoint").unlink()
    assert "Nothing of money is published yet" in faults(ledger)["2"][0]


def test_a_tile_that_was_changed_is_named_where_the_stamped_root_is_computed_from_it(ledger: Ledger) -> None:
    register(ledger, *range(10, 300))
    publish(ledger)
    tile = ledger.folder.logs / "money" / "tile" / "0" / "000"
    tile.write_bytes(bytes(tile.stat().st_size))

    assert "The log cannot be compared with it: tile/0/000" in faults(ledger)["2"][0]
    with pytest.raises(Refused, match="The log's files are not what its head answers for: tile/0/000") as refused:
        newest_head(ledger, MONEY)
    assert refused.value.code == "E-PROOF"
