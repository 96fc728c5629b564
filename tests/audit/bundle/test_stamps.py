"""Time stamps in a bundle: made by `openssl ts`, believed by a named authority only, over heads of this log only."""

from datetime import timedelta
from pathlib import Path

import pytest

from audit.bundle.examining import Trust
from audit.bundle.stamps import consistency_content, read_consistency
from audit.log.checkpoint import Checkpoint
from audit.log.note import signed
from audit.log.policy_file import parse_policy
from audit.merkle import ProofInvalid, consistency_proof, root_of
from audit.renewals import Stamped, list_of
from audit.timestamps import request
from tests.audit.bundle.bundling import (
    HOUSEHOLD,
    ORIGIN,
    SIGNER,
    Book,
    Change,
    bundle,
    payments,
    policy_of,
    proven,
    refuted,
    verdict_on,
)
from tests.time_stamping import STAMPING, Identity, OpensslAuthority, made, now, root

ROOT = root()
TRUST = Trust(parse_policy(policy_of()), now() + timedelta(minutes=1), authorities=[ROOT.certificate])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    """One that is under the root."""
    return OpensslAuthority(tmp_path_factory.mktemp("tsa"), made("Test TSA", STAMPING, by=ROOT))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Nine entries; H-0001 is in 2, 4, 6 and 9."""
    return payments(tmp_path)


def head_at(book: Book, size: int, origin: str = ORIGIN) -> bytes:
    return signed(Checkpoint(origin, size, root_of(book.leaves[:size])).text, [SIGNER]).encode()


def anchored(book: Book, authority: OpensslAuthority, size: int = 5, head: bytes | None = None) -> dict[str, bytes]:
    """The members of one anchor."""
    note = head or head_at(book, size)
    return {
        f"anchors/money/{size}.checkpoint": note,
        f"anchors/money/{size}.consistency": consistency_content(consistency_proof(book.leaves, size)),
        f"anchors/money/{size}.tsr": authority(request(note, 7)),
    }


def adding(members: dict[str, bytes]) -> Change:
    return lambda others: others.update(members)


def test_a_stamp_shows_for_how_many_entries_it_vouches_and_by_whom(
    tmp_path: Path, book: Book, authority: OpensslAuthority
) -> None:
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6], change=adding(anchored(book, authority)))

    verdict = verdict_on(path, TRUST)

    assert verdict.holds
    [told] = verdict.of("stamped")
    assert (told["size"], told["entries"]) == (5, 2)
    assert told["authority"] == "CN=Test TSA,O=测试局"
    assert abs(told["seconds"] - now().timestamp()) < 60


def test_a_stamp_over_the_head_itself_needs_no_hashes_of_consistency(
    tmp_path: Path, book: Book, authority: OpensslAuthority
) -> None:
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6], change=adding(anchored(book, authority, 9)))

    assert [told["entries"] for told in verdict_on(path, TRUST).of("stamped")] == [4]


def test_the_stamp_of_an_authority_that_is_not_named_is_no_proof(
    tmp_path: Path, book: Book, authority: OpensslAuthority
) -> None:
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6], change=adding(anchored(book, authority)))

    verdict = verdict_on(path, TRUST._replace(authorities=[root("Another root").certificate]))

    assert refuted(verdict) == ["stamp"]
    assert "does not chain up to a trusted one" in verdict.of("stamp")[0]["why"]


def test_without_an_authority_stamps_are_told_to_be_unchecked_unless_left_out(
    tmp_path: Path, book: Book, authority: OpensslAuthority
) -> None:
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6], change=adding(anchored(book, authority)))

    unchecked = verdict_on(path, TRUST._replace(authorities=()))
    ignored = verdict_on(path, TRUST._replace(authorities=None))

    assert refuted(unchecked) == ["stamps_unchecked"]
    assert ignored.holds
    assert [told["book"] for told in ignored.of("stamps_ignored")] == ["money"]
    assert "stamped" not in proven(ignored)


def test_a_stamp_whose_certificates_have_ended_holds_no_more(
    tmp_path: Path, book: Book, authority: OpensslAuthority
) -> None:
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6], change=adding(anchored(book, authority)))

    verdict = verdict_on(path, TRUST._replace(now=now() + timedelta(days=400)))

    assert refuted(verdict) == ["stamp"]
    assert "and it was not stamped again" in verdict.of("stamp")[0]["why"]


def test_a_stamp_that_was_stamped_again_holds_for_as_long_as_the_newer_one(
    tmp_path: Path, book: Book, authority: OpensslAuthority
) -> None:
    members = anchored(book, authority)
    first = Stamped("5", ".checkpoint", members["anchors/money/5.checkpoint"], members["anchors/money/5.tsr"])
    sums = list_of([first])
    newer: Identity = made("Newer TSA", STAMPING, by=ROOT, lasting=timedelta(days=3650))
    again = OpensslAuthority(tmp_path / "newer", newer)
    members |= {"anchors/money/renewed/1.sums": sums, "anchors/money/renewed/1.tsr": again(request(sums, 9))}
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6], change=adding(members))

    verdict = verdict_on(path, TRUST._replace(now=now() + timedelta(days=400)))

    assert verdict.holds
    assert len(verdict.of("stamped")) == 1


@pytest.mark.parametrize(
    ("part", "content", "why"),
    [
        ("tsr", b"x", "The answer"),
        ("checkpoint", b"x", "The stamp is over other bytes"),
        ("consistency", b"", "The proof from 5 to 9 leaves is empty"),
        ("consistency", b"x\n", "The consistency proof is none"),
        ("consistency", b"AAAA", "The consistency proof is not as it would be written"),
        ("checkpoint", None, "5.checkpoint, which was stamped, is missing"),
        ("consistency", None, "only adds to the stamped one is missing"),
        ("tsr", None, "The answer"),
    ],
)
def test_an_anchor_with_a_part_changed_or_missing_is_told(
    tmp_path: Path, book: Book, authority: OpensslAuthority, part: str, content: bytes | None, why: str
) -> None:
    members = anchored(book, authority)
    name = f"anchors/money/5.{part}"
    if content is None:
        del members[name]
    else:
        members[name] = content

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], change=adding(members)), TRUST)

    assert refuted(verdict) == ["stamp"]
    assert why in verdict.of("stamp")[0]["why"]


def test_a_stamp_over_the_head_of_another_log_or_another_history_proves_nothing(
    tmp_path: Path, book: Book, authority: OpensslAuthority
) -> None:
    (tmp_path / "other").mkdir()
    other = payments(tmp_path / "other", count=8)
    heads = {
        "another log": head_at(book, 5, "another.test"),
        "another size": head_at(book, 4),
        "another history": head_at(other._replace(entries=other.entries[1:]), 5),
    }

    for case, head in heads.items():
        members = anchored(book, authority, head=head)
        verdict = verdict_on(bundle(tmp_path / case, book, [2, 4, 6], change=adding(members)), TRUST)
        assert refuted(verdict) == ["stamp"], case
        assert verdict.subject == HOUSEHOLD


def test_hashes_of_consistency_are_read_as_they_are_written() -> None:
    hashes = [bytes([number]) * 32 for number in range(3)]

    assert read_consistency(consistency_content(hashes)) == hashes
    assert read_consistency(b"") == []
    with pytest.raises(ProofInvalid, match="is none"):
        read_consistency("é\n".encode())
