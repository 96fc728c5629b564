"""What keys and database remember of a log is held against log and book, also while it is published or after a kill."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.folder import held
from api.ledger import Ledger
from api.log_key_files import KeyFiles
from api.public_log import PublicLog
from api.publishing_heads import publish
from api.verifying import verify_ledger
from api.verifying_remembered import check_remembered
from domain.event import BookName
from tests.api.rewriting_books import rewrite
from tests.api.stamping import register

MONEY = BookName.MONEY


class PowerCut(BaseException):
    """What ends a process in the middle."""


@pytest.fixture
def ledger(empty_ledger: Ledger) -> Ledger:
    """Both logs are published."""
    for book in BookName:
        publish(empty_ledger, book)
    return empty_ledger


@pytest.fixture
def log(ledger: Ledger) -> Path:
    """The folder of the money book's log."""
    return ledger.folder.logs / "money"


def named(report: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(finding["book"], finding["position"], finding["kind"]) for finding in report["findings"]]


def verified(ledger: Ledger) -> list[tuple[str, int, str]]:
    return named(verify_ledger(ledger.folder.path))


def killed_before_it_shows(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign a head that the key remembers, and end before anybody could see it."""

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as killing:
        killing.setattr(ledger.storage, "remember_signed_head", cut)
        with pytest.raises(PowerCut):
            publish(ledger, MONEY)


def test_a_head_that_is_remembered_and_not_shown_since_a_kill_is_no_finding_as_long_as_the_book_holds_it(
    ledger: Ledger, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = (log / "signed").read_bytes()
    register(ledger, 1)
    killed_before_it_shows(ledger, monkeypatch)
    size = ledger.money.head.position

    sound = verified(ledger)
    rewrite(ledger.folder.money, lambda rows: rows.pop())

    assert (sound, (log / "signed").read_bytes()) == ([], shown)
    assert ("money", size, "checkpoint") in verified(ledger)


@pytest.mark.parametrize("lost", [("signed", "checkpoint"), ("signed", "checkpoint", "tile", "grown")])
def test_a_log_that_shows_no_head_is_missed_unless_somebody_publishes_it_right_now(
    ledger: Ledger, log: Path, lost: tuple[str, ...]
) -> None:
    size = ledger.money.head.position
    for name in lost:
        shutil.rmtree(log / name) if (log / name).is_dir() else (log / name).unlink()

    missed = verified(ledger)
    with held(log / "lock", wait=False):
        while_publishing = verified(ledger)

    assert (missed, while_publishing) == ([("money", size, "checkpoint")], [])


def test_a_log_that_is_gone_is_missed_by_every_verification_until_it_is_there_again(ledger: Ledger) -> None:
    verify_ledger(ledger.folder.path)
    shutil.rmtree(ledger.folder.logs)

    first = verify_ledger(ledger.folder.path, incremental=True)
    second = verify_ledger(ledger.folder.path, incremental=True)
    publish(ledger, MONEY)
    publish(ledger, BookName.SUPERVISION)

    assert named(first) == named(second)
    assert [book for book, _, kind in named(first) if kind == "checkpoint"] == ["money", "supervision"]
    assert verified(ledger) == []


def damaged(log: Path) -> None:
    next((log / "tile/0").rglob("000.p/*")).write_bytes(b"")


def unreadable(log: Path) -> None:
    for name in ("signed", "checkpoint"):
        (log / name).write_bytes(b"nothing")


@pytest.mark.parametrize("harm", [damaged, unreadable])
def test_a_log_whose_files_are_spoilt_is_named_once_and_the_book_is_held_against_what_the_key_remembers(
    ledger: Ledger, log: Path, harm: Callable[[Path], None]
) -> None:
    harm(log)
    of_the_log = check_remembered(ledger.folder, ledger.storage, MONEY)
    rewrite(ledger.folder.money, lambda rows: rows.reverse())

    [denied] = check_remembered(ledger.folder, ledger.storage, MONEY)

    assert of_the_log == []
    assert (denied.position, denied.kind) == (2, "checkpoint")
    assert (denied.expected or "").endswith("which was signed")


def test_a_tile_that_is_damaged_above_what_is_remembered_is_the_logs_finding(ledger: Ledger, log: Path) -> None:
    [file] = ledger.folder.keys.glob("log-money-*")
    older = file.read_bytes()
    register(ledger, *range(1, 300))
    publish(ledger, MONEY)
    file.write_bytes(older)
    tile = log / "tile/0/000"
    tile.write_bytes(bytes(tile.stat().st_size))

    assert check_remembered(ledger.folder, ledger.storage, MONEY) == []


def test_a_book_that_cannot_be_read_is_named_once_and_nothing_is_held_against_it(ledger: Ledger) -> None:
    shutil.rmtree(ledger.folder.logs)
    ledger.close()
    ledger.folder.money.write_bytes(b"no book")

    report = verify_ledger(ledger.folder.path)

    assert {kind for book, _, kind in named(report) if book == "money"} == {"unreadable"}


@pytest.mark.postgresql
def test_a_head_that_the_database_remembers_is_missed_by_a_machine_without_log_and_keys(
    ledger_in_a_database: Ledger,
) -> None:
    ledger = ledger_in_a_database
    publish(ledger, MONEY)
    size = ledger.money.head.position
    [file] = ledger.folder.keys.glob("log-money-*")
    kept = file.read_bytes()
    file.unlink()
    shutil.rmtree(ledger.folder.logs)

    missed = verified(ledger)
    file.write_bytes(kept)
    file.chmod(0o600)
    publish(ledger, MONEY)

    assert missed == [("money", size, "checkpoint")]
    assert verified(ledger) == []
    assert KeyFiles(ledger.folder, MONEY, ledger.vault.keys).vkeys()
    assert PublicLog(ledger, MONEY).newest_signed() is not None
