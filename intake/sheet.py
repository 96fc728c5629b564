"""How a sheet of FORMATS is written down: its columns, its key, what it becomes.

A sheet file in `intake/sheets/` reads like its section of FORMATS: one `Column` a line, in the paper's order.
Everything else about a sheet (reading, checking, sealing, templates, the errors workbook) works from this.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.event import Event
from intake.problem import Problem, Severity
from vault.masking import masked
from vault.vault import Vault

if TYPE_CHECKING:
    from intake.known import Known


class Cell(Enum):
    """The types of FORMATS' preamble, each with the Python value that a cell of it becomes."""

    TEXT = auto()  # str
    ID = auto()  # str, 18 or 15 digits as text; a bad one is kept as stated and quarantined
    USCC = auto()  # str
    ID_OR_USCC = auto()  # str
    ACCT = auto()  # str
    PHONE = auto()  # str
    DATE = auto()  # datetime.date
    PERIOD = auto()  # str: 2020, 2020Q1, 2020-03
    START = auto()  # str, 2020-05-11 08:30; of a day alone its 00:00
    END = auto()  # str, 2020-05-11 17:30; of a day alone its 23:59
    MONEY = auto()  # int, fen
    QTY = auto()  # str, decimal without trailing zeros
    INT = auto()  # int
    PCT = auto()  # int, parts per million
    YN = auto()  # bool
    ENUM = auto()  # str
    STAFF = auto()  # str, a name or 工号 as stated
    LIST = auto()  # tuple[str, ...]
    SHA = auto()  # str


class Need(StrEnum):
    """Required, required under a condition (a check of the sheet says which), or optional."""

    R = "R"
    C = "C"
    O = "O"  # noqa: E741  FORMATS names it so


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    header:      the Chinese header, with its unit if it has one: `金额(元)`.
    alias:       the English name, which is also the key in facts.
    values:      of an enum, the words allowed.
    english:     the English words of `values`, in the same order, as far as FORMATS names any.
    also:        other headers under which it is accepted (`年度` for `年度/期`).
    above_zero:  money that must be more than nothing.
    signed:      money that may be negative.
    future:      the day may lie after today.
    personal:    free text or a name: it is sealed, and no output shows it without --reveal.
    fixed_key:   an unreadable value is an error even in a sheet of facts (amount, date or key).
    field:       the event's field, where it is not the alias with its unit.
    own_words:   an office's own words for ours, as pairs; `constant` stands where its file has no such column
                 (`intake.mapping`).
    in_clear:    words that stand for no person or account (现金, 承办银行): they are taken, and sealed as they are.
    """

    header: str
    alias: str
    kind: Cell
    need: Need = Need.R
    values: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    above_zero: bool = False
    signed: bool = False
    future: bool = False
    personal: bool = False
    fixed_key: bool = False
    field: str | None = None
    in_clear: frozenset[str] = frozenset()
    own_words: tuple[tuple[str, str], ...] = ()
    constant: str | None = None
    example: str = ""
    note: str = ""

    @property
    def event_field(self) -> str:
        """The field of the event that holds it: `amount` of kind MONEY is `amount_fen`."""
        if self.field:
            return self.field
        if self.kind is Cell.MONEY:
            return f"{self.alias}_fen"
        if self.kind is Cell.PCT:
            return f"{self.alias.removesuffix('_pct')}_ppm"
        return self.alias


@dataclass(slots=True)
class Row:
    """One data row as read: `values` by alias (absent cells are absent), `words` as the cell states them.

    number:      the row that Excel shows.
    ordinal:     its number among rows of the file that state the same, from 1.
    content:     the keyed digest of what it states, once it was compared with the ledger.
    values:      typed values.
    words:       the text of cells that could not be typed, and of everything sealed.
    problems:    what was found, in reading and in checking.
    as_of:       数据截止日 of its package, once it is recorded.
    """

    number: int
    values: dict[str, Any]
    ordinal: int = 1
    content: str = ""
    words: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    as_of: date | None = None

    def get(self, alias: str) -> Any:
        """The typed value under `alias`, or None."""
        return self.values.get(alias)

    def stated(self, alias: str) -> Any:
        """The typed value, else the cell's words, else an empty text."""
        value = self.values.get(alias)
        return self.words.get(alias, "") if value is None else value

    @property
    def refused(self) -> bool:
        """Whether the row cannot be recorded."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def quarantined(self) -> bool:
        """Whether the row is recorded without being joined."""
        return any(problem.severity is Severity.QUARANTINE for problem in self.problems)


class Nature(StrEnum):
    """Journals only grow; registers are sent again, and changed rows become change events."""

    JOURNAL = "journal"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose value must exist in the package or the ledger.

    to:        the namespace of `intake.known.Known` that must hold it.
    severity:  what a missing target means here; `code` follows it (`E-REF`, `W-REF`).
    when:      the rows that it concerns.
    passing:   words that stand for something else and are let pass.
    """

    alias: str
    to: str
    severity: Severity
    when: Callable[[Row], bool] = lambda _: True
    passing: frozenset[str] = frozenset()


class Thing(NamedTuple):
    """What a stream is of: its kind, and what names it."""

    kind: str
    key: tuple[str, ...]


class Paid(NamedTuple):
    """Money that went out under one 流水号, and may come back.

    thing:        the stream of the payment.
    bank_ref:     its 流水号.
    amount_fen:   what was paid; of a payment of several rows, in all of them.
    returned_by:  流水号 of the returns and reversals that took it back whole.
    """

    thing: Thing
    bank_ref: str
    amount_fen: int
    returned_by: frozenset[str] = frozenset()


class Also(NamedTuple):
    """A further event of a row: its class, the thing on whose stream it stands, and what it states of its own."""

    event_class: type[Event]
    thing: Thing
    fields: Mapping[str, Any]


RowCheck = Callable[["Sheet", Row, "Known"], Iterable[Problem]]
FileCheck = Callable[["Sheet", list[Row], "Known"], Iterable[Problem]]


@dataclass(frozen=True)
class Sheet:
    """One sheet of FORMATS.

    number:        its section in FORMATS, the order of display and of recording.
    business_key:  aliases whose values name a row for good.
    facts:         a sheet of facts: only an unreadable amount, date or key is an error.
    may_change:    columns in which a row of a register may differ when it is sent again.
    stream_kind:   the kind in the stream id; `stream_key` gives the key if it is not the business key's values.
    persons:       for each id column the column that holds the name.
    holder:        the column with the account holder's name, compared with the row's person.
    holder_staff:  the field of its event for the 工号 of the serving person whose name the holder bears instead.
    occurred_on:   the alias of the business day.
    dated_by:      gives the business day of a row that has none of its own from what it belongs to.
    known_on:      gives the day on which the office knew, or None.
    when_changed:  gives (occurred_on, known_on) of a row stated again, where they are not those of the first.
    not_content:   columns that say where a row stands and not what it states (序号).
    provides:      namespaces of `Known` to which the sheet adds: namespace → values of one row.
    becomes:       the event class of a row, given the row as it was known before (None if it is new); None where the
                   row is taken and tells of nothing that happened.
    states:        fields that every event of the sheet states without a column for them.
    assessed:      fields that are found out from the plaintext of a row while it is at hand, for rules that never see
                   it: an age, a kind of purpose, whether a text shows what must be masked.
    also:          further events of a new row, beside its own.
    pays:          what a row paid, by the 流水号 by which it can be returned.
    stands_on:     the thing on whose stream the row's event stands, where it is not the row's own.
    also_titled:   other titles and file names under which an office has it (`intake.mapping`).
    last:          whether it is checked and recorded behind all other sheets: it refers to later ones of FORMATS.
    """

    key: str
    title: str
    number: int
    columns: tuple[Column, ...]
    business_key: tuple[str, ...]
    nature: Nature
    becomes: Callable[[Row, Mapping[str, Any] | None], type[Event] | None]
    stream_kind: str
    occurred_on: Callable[[Row], date | None]
    facts: bool = False
    may_change: frozenset[str] = frozenset()
    persons: Mapping[str, str] = field(default_factory=dict)
    holder: str | None = None
    holder_staff: str | None = None
    dated_by: Callable[[Row, "Known"], date | None] | None = None
    known_on: Callable[[Row], date | None] = lambda _: None
    when_changed: Callable[[Row, Mapping[str, Any]], tuple[date | None, date | None]] | None = None
    not_content: frozenset[str] = frozenset()
    stream_key: Callable[[Row], tuple[str, ...]] | None = None
    references: tuple[Reference, ...] = ()
    row_checks: tuple[RowCheck, ...] = ()
    file_checks: tuple[FileCheck, ...] = ()
    provides: Mapping[str, Callable[[Row], Iterable[str]]] = field(default_factory=dict)
    on_behalf_of: str | None = None
    states: Mapping[str, Any] = field(default_factory=dict)
    assessed: Callable[[Row, Vault], Mapping[str, Any]] | None = None
    also: Callable[[Row], Iterable[Also]] | None = None
    pays: Callable[[Row], Paid | None] | None = None
    stands_on: Callable[[Row, "Known"], Thing | None] | None = None
    last: bool = False
    also_titled: tuple[str, ...] = ()

    @property
    def is_read_whole(self) -> bool:
        """Whether its rows must be known together: they are held against each other, or refer to each other."""
        return bool(self.file_checks) or any(reference.to in self.provides for reference in self.references)

    @cached_property
    def staff(self) -> tuple[str, ...]:
        """The columns that name a post of 干部名册."""
        return tuple(column.alias for column in self.columns if column.kind is Cell.STAFF)

    def column(self, alias: str) -> Column:
        """The column called `alias`."""
        return next(column for column in self.columns if column.alias == alias)

    def key_of(self, row: Row) -> tuple[str, ...]:
        """What names the row for good; two rows of one key are one thing."""
        if self.stream_key is not None:
            return self.stream_key(row)
        return tuple(str(row.stated(alias)) for alias in self.business_key)

    def problem(
        self, row: Row, code: str, severity: Severity, alias: str | None, *, message: str, remedy: str
    ) -> Problem:
        """A problem of `row` in the column `alias`; the value is what the row states, masked."""
        column = self.column(alias) if alias else None
        stated = row.words.get(alias) or row.values.get(alias) if alias else None
        return Problem(
            severity=severity,
            code=code,
            row=row.number,
            column=alias,
            header=column.header if column else None,
            value=None if stated is None or (column and column.personal) else masked(str(stated)),
            message=masked(message),
            remedy=remedy,
        )
