"""`verify` looks at the published logs, too, as they lie: with no key of the ledger, on from where all was sound."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.ledger import Ledger
from api.log_keys import rotate
from api.publishing_heads import publish
from api.verifying import verify_ledger
from audit.log.note import Ed25519Signer
from domain.event import BookName
from tests.api.rewriting_books import rewrite

Verified = Callable[..., dict[str, Any]]


@pytest.fixture
def ledger(empty_ledger: Ledger) -> Ledger:
    """Both logs are published; the money book's key was rotated in between."""
    for book in BookName:
        publish(empty_ledger, book)
    rotate(empty_ledger, BookName.MONEY)
    publish(empty_ledger, BookName.MONEY)
    return empty_ledger


@pytest.fixture
def verified(ledger: Ledger) -> Verified:
    return lambda **how: verify_ledger(ledger.folder.path, **how)


def named(report: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(finding["book"], finding["position"], finding["kind"]) for finding in report["findings"]]


def test_what_is_published_is_told_beside_the_books_with_the_keys_that_signed_it(verified: Verified) -> None:
    report = verified()

    money, supervision = report["logs"]
    assert report["ok"]
    assert (money["book"], money["size"], money["quorum_lacks"]) == ("money", 3, None)
    assert len(money["keys"]) == len(money["signed_by"]) == 2
    assert (supervision["book"], supervision["size"], len(supervision["keys"])) == ("supervision", 2, 1)


def test_nothing_but_the_books_and_the_log_is_needed_to_verify_them(ledger: Ledger, tmp_path: Path) -> None:
    shutil.copytree(ledger.folder.path, tmp_path / "copy", ignore=shutil.ignore_patterns("keys", "vault*", "views*"))

    assert verify_ledger(tmp_path / "copy")["ok"]


def test_a_damaged_file_of_a_log_is_a_finding_of_its_book(ledger: Ledger, verified: Verified) -> None:
    (ledger.folder.logs / "money/tile/entries/000.p/3").unlink()

    report = verified()

    assert (report["ok"], named(report)) == (False, [("money", 1, "tile")])


def test_a_book_rewritten_under_its_log_is_found_by_the_published_hashes(ledger: Ledger, verified: Verified) -> None:
    rewrite(ledger.folder.supervision, lambda rows: rows.reverse())

    assert ("supervision", 1, "moved") in named(verified())


def test_the_next_verification_goes_on_from_a_clean_one_and_knows_keys_that_came_since(
    ledger: Ledger, verified: Verified
) -> None:
    verified()
    (ledger.folder.logs / "money/tile/entries/000.p/3").unlink()
    publish(ledger, BookName.MONEY)

    assert verified(incremental=True)["ok"]
    assert named(verified()) == [("money", 1, "tile")]
    assert named(verified(incremental=True)) == [("money", 1, "tile")]  # after a finding everything is read


def test_a_key_that_the_book_does_not_announce_signs_nothing_that_is_believed(
    ledger: Ledger, verified: Verified
) -> None:
    thief = Ed25519Signer(ledger.money.origin, b"\x66" * 32)
    for name in ("signed", "checkpoint"):
        file = ledger.folder.logs / "money" / name
        text, _, _ = file.read_text(encoding="utf-8").rpartition("\n\n")
        file.write_text(f"{text}\n\n{thief.sign(text + chr(10))}", encoding="utf-8", newline="\n")

    assert named(verified()) == [("money", 1, "checkpoint")] * 2


def test_a_policy_that_cannot_be_read_is_a_finding_and_one_that_can_is_asked(
    ledger: Ledger, verified: Verified
) -> None:
    policy = ledger.folder.logs / "money/policy"
    policy.write_text("quorum", encoding="utf-8")
    spoiled = verified()
    policy.write_text("quorum none\n", encoding="utf-8")

    stranger = verified()

    assert named(spoiled) == [("money", 1, "cosignature")]
    assert named(stranger) == [("money", 3, "cosignature")]
    assert "The policy knows no log" in stranger["findings"][0]["found"]


def test_a_book_that_cannot_be_read_is_named_and_its_log_left_alone(ledger: Ledger, verified: Verified) -> None:
    path = ledger.folder.path
    ledger.close()
    file = path / "supervision.db"
    file.write_bytes(b"no database" * 100)

    report = verified()

    assert [finding["kind"] for finding in report["findings"]] == ["unreadable"]
    assert json.loads((path / "verification.json").read_text(encoding="utf-8"))["ok"] is False
