"""An older copy of the whole file, or of the whole ledger, is put back, and the office goes on from there.

It is a chain without a fault, so the office's own verify finds nothing, but against a report or a mirror of later.
Found by: each witness, which is asked before anything is signed; a mirror (`rollback`, and what is missing by name); an
auditor and a villager who hold a head of later. One that grew beyond it again is a fork for all of them.
"""

import json
from pathlib import Path
from shutil import copyfile, copytree, rmtree
from uuid import uuid4

from audit.book import Book, NewEntry
from audit.verify import verify_book
from tests.api.stamping import register
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import SIZE


def append_one(path: Path) -> None:
    with Book.open(path, name="money") as book:
        book.append([NewEntry(uuid4(), 1, "payment-made/v1", json.dumps({"amount_fen": 1}).replace(" ", "").encode())])


def test_an_older_copy_verifies_alone_and_not_against_what_is_remembered(book_file: Path, tmp_path: Path) -> None:
    """So: checkpoints that others hold, receipts, and roots on paper (DESIGN §4)."""
    copyfile(book_file, tmp_path / "older.db")
    append_one(book_file)
    with Book.open(book_file, name="money") as book:
        remembered = book.head
    copyfile(tmp_path / "older.db", book_file)

    assert verify_book(book_file).ok

    (found,) = verify_book(book_file, since=remembered).findings
    assert (found.position, found.kind) == (31, "head")
    assert found.expected == f"31 {remembered.link.hex()}"


def test_an_older_copy_that_grew_anew_is_another_history(book_file: Path, tmp_path: Path) -> None:
    copyfile(book_file, tmp_path / "older.db")
    append_one(book_file)
    with Book.open(book_file, name="money") as book:
        remembered = book.head
    copyfile(tmp_path / "older.db", book_file)
    append_one(book_file)

    assert verify_book(book_file).ok

    (found,) = verify_book(book_file, since=remembered).findings
    assert (found.position, found.kind) == (1, "head")
    assert found.expected == f"31 {remembered.link.hex()}"


def test_a_ledger_put_back_from_an_older_copy_signs_nothing_and_what_it_lost_is_named(
    office: Office, holders: Holders
) -> None:
    copytree(office.path, holders.folder / "older")
    with holders.standing() as policy:
        urls = [witness.url or "" for witness in policy.witnesses]
        for path in (office.path, holders.folder / "older"):
            (path / "log/money/policy").write_text(holders.policy_text(*urls), encoding="utf-8")
        with office.opened() as ledger:
            register(ledger, 901, 902)
        office.sign()
        assert holders.mirrored(office.log).json["size"] == SIZE + 2
        rmtree(office.path)
        (holders.folder / "older").rename(office.path)
        with office.opened() as ledger:
            register(ledger, 903)

        signing = office.tell("checkpoint")

    mirrored = holders.mirrored(office.log)
    assert (signing.status, signing.out) == (2, "")
    assert f"It cosigned {SIZE + 2} entries, and the book ends at entry {SIZE + 1}" in signing.err
    assert (mirrored.status, mirrored.json["kind"]) == (1, "rollback")
    assert holders.named(office) == [(SIZE + 1, "changed"), (SIZE + 2, "missing")]
    assert office.verified() == []


def test_a_stale_backup_that_was_restored_is_told_what_it_lacks_and_signs_nothing(
    office: Office, holders: Holders
) -> None:
    with holders.standing() as policy:
        urls = [witness.url or "" for witness in policy.witnesses]
        (office.log / "policy").write_text(holders.policy_text(*urls), encoding="utf-8")
        assert office.tell("backup", str(holders.folder / "backup"), "--with-keys").status == 0
        with office.opened() as ledger:
            register(ledger, 901, 902)
        office.sign()
        assert holders.mirrored(office.log).json["ok"]
        restored = Office(holders.folder / "restored")
        told = office.tell("restore", str(holders.folder / "backup"), "--to", str(restored.path), "--json")
        with restored.opened() as ledger:
            register(ledger, 903)

        signing = restored.tell("checkpoint")

    [money] = told.json["logs"]
    assert (told.status, money["size"]) == (1, SIZE)
    assert f"It cosigned {SIZE + 2} entries, and the book ends at entry {SIZE}" in money["refuses"][0]
    assert (signing.status, signing.out) == (2, "")
    assert "The witness W1 contradicts the book money" in signing.err
    assert holders.mirrored(restored.log).json["kind"] == "rollback"
