"""The ledger's own business: opening, packages, imports."""

from datetime import date
from typing import ClassVar, Final, Literal

from msgspec import field

from domain.event import Event, Kind
from domain.kinds import Count, Sha256, Text

SHA256: Final = "sha256"
YUAN: Final = "CNY"


class LedgerOpened(Event, frozen=True, kw_only=True):
    """建账: the first entry of each book, written by `init`.

    division_code:      statistics code of the place, 9 or 12 digits.
    division_name:      its name.
    hash_alg:           always `sha256`; it stands in the bytes, so that they say by themselves how they are sealed.
    rule_pack_version:  version of the rule pack in force at the opening.
    currency:           always `CNY`; amounts are in fen.
    """

    TOPIC: ClassVar[str] = "ledger-opened/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    division_code: str
    division_name: str
    hash_alg: Literal["sha256"] = field(default_factory=lambda: SHA256)
    rule_pack_version: str
    currency: Literal["CNY"] = field(default_factory=lambda: YUAN)


class PackageReceived(Event, frozen=True, kw_only=True):
    """收包: the manifest row of one package.

    package_id:     unique per sender.
    division_code:  whose figures these are.
    as_of:          数据截止日; periodic rules are evaluated on this day.
    import_mode:    首次导入 or 增量.
    """

    TOPIC: ClassVar[str] = "package-received/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    package_id: Text
    division_code: str
    as_of: date
    import_mode: Literal["首次导入", "增量"]


class ImportBegun(Event, frozen=True, kw_only=True):
    """导入开始: one file that was checked whole goes in from here on.

    file_sha256:  the file as it was handed in; the vault keeps it, encrypted.
    sheet_key:    which sheet of FORMATS it is.
    rows:         data rows in it.
    mapping_sha256: the office's own headings by which it was read, where there were any; the vault keeps them.
    """

    TOPIC: ClassVar[str] = "import-begun/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    file_sha256: Sha256
    sheet_key: str
    rows: Count
    mapping_sha256: Sha256 | None = None


class ImportCompleted(Event, frozen=True, kw_only=True):
    """导入完成: every row of the file is in, or was there before.

    file_sha256:  the file, as in `ImportBegun`.
    sheet_key:    which sheet of FORMATS it is.
    rows:         data rows in it: taken, quarantined and unchanged together.
    taken:        rows that went in, warned ones included.
    quarantined:  rows that went in but are not joined to people or programmes.
    unchanged:    rows that were there before.
    warned:       rows with a remark.
    mapping_sha256: as in `ImportBegun`.
    legal_basis:  the legal basis on which the data are held, where the sender names one.
    """

    TOPIC: ClassVar[str] = "import-completed/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    file_sha256: Sha256
    sheet_key: str
    rows: Count
    taken: Count
    quarantined: Count
    unchanged: Count
    warned: Count
    mapping_sha256: Sha256 | None = None
    legal_basis: Text | None = None
