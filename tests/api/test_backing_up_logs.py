"""Which files of a log a backup takes, and which it leaves because they are made again."""

from pathlib import Path

from api.backing_up_logs import copy_logs, heads_of_logs
from api.folder import Folder
from domain.event import BookName
from tests.api.keeping_logs import SIGNER, Shelf

KEPT = [
    "anchors/4.checkpoint",
    "anchors/4.tsr",
    "anchors/pending/ab.checkpoint",
    "anchors/pending/ab.tsq",
    "anchors/renewed/1.sums",
    "anchors/renewed/1.tsr",
    "checkpoint",
    "noticed/3",
    "policy",
    "signed",
    "witnesses",
]
MADE_AGAIN = [
    "anchors/lock",
    "anchors/5.tsr.new",
    "grown",
    "lock",
    "noticed/4.new",
    "subject-index.db",
    "tile/0/000.p/4",
]


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"this is {name}", encoding="ascii")


def files_in(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_a_backup_takes_of_each_log_what_cannot_be_made_again_and_nothing_else(tmp_path: Path) -> None:
    ledger = Folder(tmp_path / "ledger")
    for name in BookName:
        write(ledger.logs / name.value, *KEPT, *MADE_AGAIN)

    copy_logs(ledger, tmp_path / "backup")

    for name in BookName:
        copy = tmp_path / "backup" / "log" / name.value
        assert files_in(copy) == KEPT
        assert [(copy / kept).read_text(encoding="ascii") for kept in KEPT] == [f"this is {kept}" for kept in KEPT]


def test_a_ledger_whose_logs_were_never_published_leaves_no_trace_of_them_in_a_backup(tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()

    copy_logs(Folder(tmp_path / "ledger"), tmp_path / "backup")

    assert list((tmp_path / "backup").iterdir()) == []


def test_a_head_is_told_once_and_one_that_is_larger_than_its_book_or_unreadable_is_a_fault(tmp_path: Path) -> None:
    shelf = Shelf.made(tmp_path / "ledger").fill(4)
    published = shelf.log.publish([SIGNER])
    shelf.close()
    copy_logs(shelf.folder, tmp_path / "backup")
    write(tmp_path / "backup" / "log" / "supervision", "signed")

    heads, faults = heads_of_logs(tmp_path / "backup", {"money": 4, "supervision": 9})
    shorter, said = heads_of_logs(tmp_path / "backup", {"money": 3})

    assert published is not None
    assert heads == shorter == [{"book": "money", **published.told}]
    assert [fault.split(" / ")[0] for fault in (*faults, *said)] == ["日志首部不可读", "账短于已签首部"]
