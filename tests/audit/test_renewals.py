"""Stamps that are stamped again: how long each holds, and what spoils it."""

import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from audit.renewals import CHECKPOINT, SUMS, Judged, Stamped, judge, list_of, read_list
from audit.timestamps import StampInvalid
from tests.audit import drafting_tokens as drafting
from tests.audit.drafting_tokens import Draft
from tests.time_stamping import STAMPING, YEAR, Identity, made, root

ROOT = root()
BEGIN = ROOT.certificate.not_valid_before_utc
TRUSTED = [ROOT.certificate]


def years(count: float) -> datetime:
    return BEGIN + count * YEAR


def authority(since: float, until: float) -> Identity:
    """One whose certificate is in force from so many years after the beginning to so many."""
    return made("Test TSA", STAMPING, by=ROOT, since=years(since), lasting=(until - since) * YEAR)


FIRST, SECOND, THIRD = authority(0, 2), authority(1, 4), authority(3, 8)


def anchor(size: int, by: Identity = FIRST, at: float = 1) -> Stamped:
    message = f"the checkpoint of {size}".encode()
    return Stamped(str(size), CHECKPOINT, message, Draft(by, drafting.info(message, years(at))).answer())


def renewal(number: int, of: list[Stamped], by: Identity, at: float) -> Stamped:
    message = list_of(of)
    return Stamped(f"renewed/{number}", SUMS, message, Draft(by, drafting.info(message, years(at))).answer())


def about(judged: list[Judged]) -> list[tuple[str, tuple[str, ...], datetime | None, str]]:
    return [(one.name, one.renewed_by, one.holds_until, one.fault) for one in judged]


def test_a_stamp_holds_until_its_certificate_ends() -> None:
    [judged] = judge([anchor(5)], [], TRUSTED)

    assert (judged.name, judged.holds_until, judged.fault) == ("5", FIRST.certificate.not_valid_after_utc, "")
    assert judged.stamp is not None
    assert judged.stamp.stamped_at == years(1)


def test_stamps_hold_on_through_the_lists_by_which_they_were_stamped_again() -> None:
    anchors = [anchor(5), anchor(9)]
    first = renewal(1, anchors, SECOND, 1.5)
    second = renewal(2, [first], THIRD, 3.5)

    judged = judge(anchors, [first, second], TRUSTED)

    end = THIRD.certificate.not_valid_after_utc
    assert about(judged) == [
        ("5", ("renewed/1",), end, ""),
        ("9", ("renewed/1",), end, ""),
        ("renewed/1", ("renewed/2",), end, ""),
        ("renewed/2", (), end, ""),
    ]


def test_a_stamp_that_had_ended_before_it_was_stamped_again_holds_no_longer_for_it() -> None:
    five = anchor(5)
    late = renewal(1, [five], SECOND, 2.1)

    [judged, _] = judge([five], [late], TRUSTED)

    assert about([judged]) == [("5", (), FIRST.certificate.not_valid_after_utc, "")]
    assert (five.is_anchor, late.is_anchor) == (True, False)


def test_a_list_helps_only_what_stands_in_it_and_only_while_its_own_stamp_holds() -> None:
    five, nine = anchor(5), anchor(9)
    right = renewal(1, [nine], SECOND, 1.5)
    spoilt = right._replace(message=list_of([five, nine]))

    assert about(judge([five], [right], TRUSTED))[0] == ("5", (), FIRST.certificate.not_valid_after_utc, "")
    [judged, told] = judge([five], [spoilt], TRUSTED)
    assert (judged.renewed_by, judged.fault) == ((), "")
    assert told.fault.startswith("The stamp is over other bytes")


def test_files_that_are_not_those_that_were_stamped_again_are_named() -> None:
    five = anchor(5)
    again = renewal(1, [five], SECOND, 1.5)
    replaced = anchor(5, SECOND, 1.6)

    [judged, _] = judge([replaced], [again], TRUSTED)

    assert judged.fault == "The files of 5 are not those that renewed/1 lists."


def test_a_list_that_is_not_the_one_that_was_stamped_again_helps_nothing() -> None:
    five = anchor(5)
    listed, instead = renewal(1, [five], SECOND, 1.5), renewal(1, [five], SECOND, 1.6)
    later = renewal(2, [listed], THIRD, 3.5)

    [judged, replaced, _] = judge([five], [instead, later], TRUSTED)

    assert replaced.fault == "The files of renewed/1 are not those that renewed/2 lists."
    assert (judged.renewed_by, judged.holds_until) == ((), FIRST.certificate.not_valid_after_utc)


def test_a_stamp_holds_no_shorter_for_being_stamped_again_by_one_that_ends_sooner() -> None:
    long = authority(0, 9)
    five = anchor(5, long)

    [judged, _] = judge([five], [renewal(1, [five], SECOND, 1.5)], TRUSTED)

    assert (judged.renewed_by, judged.holds_until) == (("renewed/1",), long.certificate.not_valid_after_utc)


def test_a_stamp_that_does_not_hold_or_lost_its_file_is_named_and_the_others_are_judged() -> None:
    five, nine, eleven = anchor(5), anchor(9), anchor(11)
    again = renewal(1, [nine], SECOND, 1.5)

    judged = judge([five._replace(message=b"changed"), nine, eleven._replace(message=None)], [again], TRUSTED)

    assert [one.stamp is None for one in judged] == [True, False, True, False]
    assert judged[0].fault.startswith("The stamp is over other bytes")
    assert judged[2].fault == "The file 11.checkpoint, which was stamped, is missing."
    assert about(judge([nine], [again._replace(message=b"")], TRUSTED))[1] == (
        "renewed/1",
        (),
        None,
        "The list of digests does not end in a line feed, or is empty.",
    )


def test_a_list_is_what_sha256sum_checks_and_is_read_again(tmp_path: Path) -> None:
    five = anchor(5)
    again = renewal(1, [five], SECOND, 1.5)
    (tmp_path / "renewed").mkdir()
    for name, content in (five.files | again.files).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "all.sums").write_bytes(list_of([five, again]))

    checked = subprocess.run(["sha256sum", "--check", "all.sums"], cwd=tmp_path, capture_output=True, check=False)

    assert checked.returncode == 0, checked.stderr
    assert list(read_list(list_of([five, again]))) == [
        "5.checkpoint",
        "5.tsr",
        "renewed/1.sums",
        "renewed/1.tsr",
    ]


LINE = b"SHA256 (5.tsr) = " + b"ab" * 32 + b"\n"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is empty"),
        (LINE[:-1], "does not end in a line feed"),
        (LINE + LINE, "Line 2 of the list"),
        (LINE.upper(), "Line 1 of the list"),
        (LINE.replace(b"5.tsr", b"5 tsr"), "Line 1 of the list"),
        (LINE + b"\n", "Line 2 of the list"),
        (b"\xff" + LINE, "Line 1 of the list"),
    ],
)
def test_a_list_that_is_written_in_another_way_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(StampInvalid, match=why):
        read_list(raw)
