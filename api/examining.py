"""What can be wrong with an installation, looked at without changing anything."""

import importlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from api.folder import Folder
from api.log_key_files import PATTERN
from api.master_key import master_key_of
from api.storage import SQLITE, database_url, storage_of
from api.storage.revisions import REMEDY, behind, refuse_newer, standings
from audit.faults import BookFault
from domain.event import BookName
from domain.refusal import Refused

if TYPE_CHECKING:
    from api.ledger import Ledger

PACKAGES = ("domain", "vault", "audit", "intake", "projections", "api")
OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37)
SPARE_MB = 500
ORPHANS_SHOWN = 10
OTHERS_MAY_READ = 0o077
BYTES_PER_MB = 1_000_000


class Named(Struct):
    """The references that an entry's state names."""

    commitments: dict[str, str] = {}


_named = msgspec.json.Decoder(Named)


class Ailment(Struct, frozen=True):
    """One thing that is wrong: what, and what to do."""

    what: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        """As JSON prints it."""
        return {"what": self.what, "remedy": self.remedy}


def examine(path: Path) -> list[Ailment]:
    """Everything that is wrong with this installation and the ledger at `path`."""
    return [*_installation(), *_ledger(path)]


def _installation() -> Iterator[Ailment]:
    if sys.version_info < OLDEST_PYTHON:
        yield Ailment(f"Python {sys.version.split()[0]} 过旧 / is too old.", "安装 3.11 以上 / Install 3.11 or newer.")
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Ailment(f"SQLite {sqlite3.sqlite_version} 过旧 / is too old.", "换用较新的 Python / Use a newer Python.")
    house = Path(__file__).resolve().parent.parent
    for name in PACKAGES:
        found = getattr(importlib.import_module(name), "__file__", None)
        if found is None or Path(found).resolve().parent.parent != house:
            yield Ailment(
                f"模块 {name} 不是明账的 / The module {name} is not ours.",
                "装在单独的虚拟环境里 / Install Mingzhang into an environment of its own.",
            )


def _ledger(path: Path) -> Iterator[Ailment]:
    folder = Folder(path)
    try:
        folder.identity()
    except Refused as refused:
        yield Ailment(refused.why, refused.remedy)
        return
    yield from _keys(folder)
    free = shutil.disk_usage(path).free
    if free < SPARE_MB * BYTES_PER_MB:
        yield Ailment(
            f"磁盘只剩 {free // BYTES_PER_MB} MB / Only {free // BYTES_PER_MB} MB of disk are left.",
            "腾出空间 / Free some space: an append that finds none is refused.",
        )
    missing = list(_parts(folder)) or list(_revisions(folder))
    yield from missing
    if not missing:
        yield from _contents(folder)


def _parts(folder: Folder) -> Iterator[Ailment]:
    """Files that are missing; or what is wrong with the database."""
    if folder.identity().engine == SQLITE:
        for part in (folder.money, folder.supervision, folder.vault):
            if not part.exists():
                yield Ailment(f"缺少 {part.name} / {part.name} is missing.", "从备份恢复 / Restore it from the backup.")
        return
    try:
        storage_of(folder)
    except Refused as refused:
        yield Ailment(refused.why, refused.remedy)
        return
    from api.examining_database import examine_database

    for what, remedy in examine_database(str(database_url())):
        yield Ailment(what, remedy)


def _revisions(folder: Folder) -> Iterator[Ailment]:
    """Parts whose tables are older than this program's, or newer."""
    for standing in standings(storage_of(folder).revisions()):
        try:
            refuse_newer(standing)
        except Refused as refused:
            yield Ailment(refused.why, refused.remedy)
        if standing.is_behind:
            yield Ailment(f"{standing.part} 的表比本版本旧 / {behind(standing)}", f"升级 / {REMEDY}")


def _keys(folder: Folder) -> Iterator[Ailment]:
    for read in (partial(folder.key, "book"), partial(_master_key, folder)):
        try:
            read()
        except Refused as refused:
            yield Ailment(refused.why, refused.remedy)
    if os.name == "nt":  # pragma: no cover  Windows keeps other rights
        return
    for secret in (*folder.keys.glob("*.key"), *folder.keys.glob("*.token"), *folder.keys.glob(PATTERN)):
        if secret.stat().st_mode & OTHERS_MAY_READ:
            yield Ailment(
                f"{secret.name} 可被他人读取 / Others may read {secret.name}.",
                f"chmod 600 {secret}",
            )


def _master_key(folder: Folder) -> bytes:
    return master_key_of(folder).read()


def _contents(folder: Folder) -> Iterator[Ailment]:
    from api.ledger import Ledger
    from vault.sealing import Unreadable

    try:
        ledger = Ledger.open(folder.path)
    except (Refused, BookFault, Unreadable, OSError, ValueError, sqlite3.Error) as error:
        part = f"{folder.vault.name}: " if isinstance(error, sqlite3.Error) else ""
        yield Ailment(
            f"账套打不开 / The ledger does not open: {part}{error}", "见 docs/operations.md / See docs/operations.md."
        )
        return
    with ledger:
        try:
            pending = ledger.vault.pending_imports()
        except Unreadable as error:
            yield Ailment(str(error), "放回原来的 master.key / Put the right master.key back.")
            return
        yield from _views(folder)
        if ledger.vault.keys.under_way:
            yield Ailment(
                "更换主密钥未完成 / A new master key is only half brought in.",
                "续完 / Finish it: mingzhang vault rotate",
            )
        for import_id, (_, attempts) in pending.items():
            yield Ailment(
                f"导入 {import_id} 未完成，已试 {attempts} 次 / This import is unfinished after {attempts} attempts.",
                "重新导入该包；下次启动会自动续完 / Import the package again; the next start also tries to finish it.",
            )
        yield from _log_keys(ledger)
        yield from _logs(ledger)
        yield from _orphans(ledger)
        yield from _passed_over(ledger)
        report = ledger.verification()
        if report is not None and not report["ok"]:
            yield Ailment("上次核验未通过 / The last verification found changes.", "mingzhang verify; docs/threats.md")


def _log_keys(ledger: "Ledger") -> Iterator[Ailment]:
    """A log that cannot be signed says so only where it is signed."""
    from api.log_keys import KeyState, log_vkeys

    for book in BookName:
        for key in log_vkeys(ledger, book):
            if key.state is KeyState.MISSING:
                yield Ailment(
                    f"缺少签名密钥 {key.key_id} / The key {key.key_id} of the {book.value} log is missing.",
                    "从备份恢复；确已丢失则 / Restore it; lost for good: mingzhang keys rotate --lost",
                )


def _logs(ledger: "Ledger") -> Iterator[Ailment]:
    """What was signed and the log or the book does not hold: then nothing is signed any more; and witnesses missed."""
    from api.verifying_remembered import check_remembered
    from api.witnessing import told

    for book in BookName:
        for finding in check_remembered(ledger.folder, ledger.storage, book):
            yield Ailment(
                f"{book.value} 日志与签过的不符 / The {book.value} log is not what was signed at {finding.position}: "
                f"{finding.expected} was signed, and there is {finding.found}.",
                "mingzhang verify; docs/threats.md",
            )
        witnessed = told(ledger, book)
        if witnessed is not None and witnessed["missing"]:
            yield Ailment(
                f"{book.value} 日志见证不足 / The {book.value} log lacks cosignatures: {witnessed['missing']}.",
                "见 / See docs/operations.md, Witnesses.",
            )


def _orphans(ledger: "Ledger") -> Iterator[Ailment]:
    """The vault is written before the ledger, so a crash may leave people there whom no entry names (DESIGN §5)."""
    if ledger.vault.pending_imports():
        return  # the rest of the import is still to name them
    named: set[str] = set()
    try:
        for entry in ledger.money.read():
            named.update(_named.decode(entry.state).commitments)
    except (BookFault, msgspec.DecodeError) as fault:
        yield Ailment(f"资金账读不下去 / The money book cannot be read through: {fault}", "mingzhang verify")
        return
    orphans = ledger.vault.orphans(named)
    if orphans:
        yield Ailment(
            f"保管库有 {len(orphans)} 个对象账内未提及 / The vault holds {len(orphans)} subjects that no entry names.",
            "账不受影响；再次导入原包即会用上 / No entry is affected; importing the package again uses them: "
            + "、".join(orphans[:ORPHANS_SHOWN]),
        )


def _passed_over(ledger: "Ledger") -> Iterator[Ailment]:
    """People who were not compared with all of their name: DUP-03 may have missed something there."""
    if passed_over := ledger.vault.likenesses.passed_over:
        yield Ailment(
            f"查找同人时有{passed_over}次因同名同处者过多而未比对 / {passed_over} times somebody was not compared with "
            "others of the same name, because too many have something in common.",
            "查看是否有电话、账户或户编号被当作默认值填写 / See whether a telephone, account or household number was "
            "filled in for want of another.",
        )


def _views(folder: Folder) -> Iterator[Ailment]:
    """The views are disposable: a broken file is deleted, and made anew from the books."""
    if folder.identity().engine != SQLITE or not folder.views.exists():
        return
    try:
        views = sqlite3.connect(f"{folder.views.resolve().as_uri()}?mode=ro", uri=True)
        try:
            views.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            views.close()
    except sqlite3.Error as error:
        yield Ailment(
            f"{folder.views.name} 读不出 / cannot be read: {error}",
            f"删除后会自动重建 / Delete it; it is made anew from the books: {folder.views}",
        )
