"""What the ledger knows, as the checks of a package ask it (`intake.known.Known`)."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cached_property, partial
from typing import Any

import msgspec
from sqlalchemy import func, literal, select

from api.ledger import Ledger
from api.revealing import last_stated, words_at
from audit.stores import Sealed
from domain.catalogue import BESIDE_A_ROW, load, restated
from domain.correction import EventCorrected
from intake.checking import Recorded
from intake.recording import Scribe, without_blanks
from intake.sheet import Paid, Sheet, Thing
from projections.tables.allocations import ALLOCATIONS
from projections.tables.contracts import CONTRACTS
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDENDS
from projections.tables.fact_table import FactTable
from projections.tables.imports import IMPORTS
from projections.tables.loans import LOAN_REPAYMENTS, LOANS
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.organisations import STAFF
from projections.tables.payments import PAYMENTS
from projections.tables.places import PLACES
from projections.tables.programmes import PROGRAMME_RATES, PROGRAMMES
from projections.tables.projects import PROJECTS
from projections.tables.returns import PAYMENT_RETURNS
from projections.tables.roster import ROSTER_SPANS
from projections.tables.training import TRAINING_CLASSES
from vault.vault import PERSON

ARRIVAL, BREAKDOWN = "到达", "分解"
LOOKUP_CHUNK = 500
PAID: tuple[tuple[str, FactTable, str, tuple[str, ...]], ...] = (
    ("payment", PAYMENTS, "bank_ref", ("amount_fen",)),
    ("payment", DIVIDENDS, "bank_ref", ("paid_fen",)),
    ("repayment", LOAN_REPAYMENTS, "repay_ref", ("principal_fen", "interest_fen")),
)
"""What can be returned: the kind of its stream, its table, its 流水号 and the columns that make up its amount."""


class LedgerKnown:
    """Names that may be referred to, from the ledger's own tables; read once per package."""

    def __init__(self, ledger: Ledger) -> None:
        """Ask `ledger`, whose views are up to date."""
        self._ledger = ledger
        self.today = ledger.today
        self.place_code = ledger.place_code

    def imported(self, file_sha256: str, sheet_key: str | None, mapping_sha256: str | None = None) -> bool:
        """Whether this very file went in before, whole, as this sheet and by this mapping."""
        return (file_sha256, sheet_key, mapping_sha256) in self._imported

    def holds(self, namespace: str, value: str) -> bool:
        """Whether `value` may be referred to: the few names are kept, people, loans and lines looked up."""
        few = self._values.get(namespace)
        return value in few if few is not None else self._looked_up(namespace, value)

    def notice(self, notice_no: str) -> dict[str, Any] | None:
        """A notice, or None."""
        return self._notices.get(notice_no)

    def programme(self, name: str) -> dict[str, Any] | None:
        """The terms of a programme, or None."""
        return self._programmes.get(name)

    def asset_contract(self, contract_no: str) -> dict[str, Any] | None:
        """The terms of an asset-income contract, or None."""
        return self._contracts.get(contract_no)

    def allocation_sums(self, *, without: AbstractSet[str]) -> tuple[dict[str, int], dict[str, int]]:
        """Fen arrived and fen broken down, by quota document; rows of these 流水编号 left out."""
        sums: dict[str, dict[str, int]] = {ARRIVAL: {}, BREAKDOWN: {}}
        for row in self._rows(ALLOCATIONS, "entry_no", "entry_kind", "quota_doc_no", "amount_fen"):
            by_document = sums.get(row["entry_kind"])
            if by_document is not None and row["entry_no"] not in without:
                by_document[row["quota_doc_no"]] = by_document.get(row["quota_doc_no"], 0) + row["amount_fen"]
        return sums[ARRIVAL], sums[BREAKDOWN]

    def rates(self) -> dict[tuple[str, str | None], list[tuple[date, date | None]]]:
        """The intervals of the standards in force, by programme and variant."""
        intervals: dict[tuple[str, str | None], list[tuple[date, date | None]]] = {}
        for row in self._rows(PROGRAMME_RATES, "programme", "variant", "starts_on", "until"):
            until = date.fromordinal(row["until"]) if row["until"] is not None else None
            intervals.setdefault((row["programme"], row["variant"]), []).append(
                (date.fromordinal(row["starts_on"]), until)
            )
        return intervals

    def loan(self, loan_no: str) -> dict[str, Any] | None:
        """What was lent, and what its own sheet says was repaid, or None."""
        asked = select(LOANS.c.principal_fen, LOANS.c.repaid_fen).where(LOANS.c.loan_no == loan_no)
        with self._ledger.engine.connect() as connection:
            found = connection.execute(asked.limit(1)).mappings().first()
            return None if found is None else dict(found)

    def repayments(self, loan_no: str) -> dict[str, int]:
        """Fen of principal of the loan's rows of 还款流水 that were not reversed, by 流水号, as they came."""
        told = LOAN_REPAYMENTS.c
        asked = select(told.repay_ref, told.principal_fen).where(
            told.loan_no == loan_no, told.from_loan.is_(False), told.reversed_fen == 0
        )
        with self._ledger.engine.connect() as connection:
            return {str(ref): int(fen) for ref, fen in connection.execute(asked.order_by(told.position))}

    def payment(self, bank_ref: str) -> Paid | None:
        """What went out under a 流水号 in the ledger, and by what it was returned."""
        for kind, facts, ref, amounts in PAID:
            paid_fen = sum((facts.c[amount] for amount in amounts), literal(0))
            asked = select(func.sum(paid_fen)).where(facts.c[ref] == bank_ref)
            came_back = select(PAYMENT_RETURNS.c.return_ref).where(
                PAYMENT_RETURNS.c.target_ref == bank_ref, PAYMENT_RETURNS.c.quarantined.is_(False)
            )
            with self._ledger.engine.connect() as connection:
                fen = connection.execute(asked).scalar()
                if fen is not None:
                    returned_by = frozenset(connection.execute(came_back).scalars())
                    return Paid(Thing(kind, (bank_ref,)), bank_ref, int(fen), returned_by)
        return None

    def staff_named(self, name: str) -> AbstractSet[str]:
        """The 工号 of posts held under a name."""
        return self._staff.get(without_blanks(name), frozenset())

    def place_named(self, parent_code: str | None, name: str) -> str | None:
        """The code of the place of that name under a parent."""
        return self._places.get((parent_code, name))

    def staff_no(self, name_or_number: str) -> str | None:
        """The 工号 of the one person of this name or number, or None."""
        numbers = self._staff.get(without_blanks(name_or_number), set())
        return next(iter(numbers)) if len(numbers) == 1 else None

    def _looked_up(self, namespace: str, value: str) -> bool:
        """Whether the one row is there that `value` names."""
        if namespace == "person":
            person = self._ledger.vault.find(PERSON, [value]).get(value)
            return person is not None and self._there(ROSTER_SPANS, id_no=person.ref)
        if namespace == "notice_line":
            notice_no, _, line_no = value.rpartition("#")
            whole = line_no.isascii() and line_no.isdecimal()
            return whole and self._there(NOTICE_LINES, notice_no=notice_no, line_no=int(line_no))
        return namespace == "loan" and self._there(LOANS, loan_no=value)

    def _there(self, facts: FactTable, **wanted: Any) -> bool:
        asked = select(facts.c.position).where(*(facts.c[column] == value for column, value in wanted.items()))
        with self._ledger.engine.connect() as connection:
            return connection.execute(asked.limit(1)).first() is not None

    @cached_property
    def _imported(self) -> frozenset[tuple[str, str, str | None]]:
        rows = self._rows(IMPORTS, "file_sha256", "sheet_key", "mapping_sha256")
        return frozenset((row["file_sha256"], row["sheet_key"], row["mapping_sha256"]) for row in rows)

    @cached_property
    def _values(self) -> dict[str, frozenset[str]]:
        documents = self._rows(ALLOCATIONS, "entry_kind", "quota_doc_no")
        return {
            "place_code": frozenset(row["place_code"] for row in self._rows(PLACES, "place_code")),
            "programme": frozenset(self._programmes),
            "asset_contract": frozenset(self._contracts),
            "quota_doc": frozenset(row["quota_doc_no"] for row in documents if row["entry_kind"] == ARRIVAL),
            "staff": frozenset(self._staff),
            "staff_no": frozenset(row["staff_no"] for row in self._rows(STAFF, "staff_no")),
            "class": frozenset(row["class_id"] for row in self._rows(TRAINING_CLASSES, "class_id")),
            "notice": frozenset(self._notices),
            "project": frozenset(row["project_no"] for row in self._rows(PROJECTS, "project_no")),
            "contract": frozenset(row["contract_no"] for row in self._rows(CONTRACTS, "contract_no")),
        }

    @cached_property
    def _notices(self) -> dict[str, dict[str, Any]]:
        rows = self._rows(NOTICES, "notice_no", "starts_on", "line_count")
        return {row["notice_no"]: row | {"starts_on": date.fromordinal(row["starts_on"])} for row in rows}

    @cached_property
    def _places(self) -> dict[tuple[str | None, str], str]:
        rows = self._rows(PLACES, "place_code", "parent_code", "place_name")
        return {(row["parent_code"], row["place_name"]): row["place_code"] for row in rows}

    @cached_property
    def _programmes(self) -> dict[str, dict[str, Any]]:
        return {row["programme"]: row for row in self._rows(PROGRAMMES, "programme", "period_kind")}

    @cached_property
    def _contracts(self) -> dict[str, dict[str, Any]]:
        rows = self._rows(ASSET_CONTRACTS, "contract_no", "principal_fen", "guaranteed_ppm", "total_shares")
        return {row["contract_no"]: row for row in rows}

    @cached_property
    def _staff(self) -> dict[str, set[str]]:
        posts = self._rows(STAFF, "position", "staff_no")
        words = words_at(self._ledger, [row["position"] for row in posts])
        numbers: dict[str, set[str]] = {}
        for row in posts:
            for name in (row["staff_no"], without_blanks(words.get(row["position"], {}).get("name", ""))):
                if name:
                    numbers.setdefault(name, set()).add(row["staff_no"])
        return numbers

    def _rows(self, facts: Any, *columns: str) -> list[dict[str, Any]]:
        asked = select(*(facts.c[column] for column in columns)).order_by(facts.c.position)
        with self._ledger.engine.connect() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]


class _Told(msgspec.Struct):
    """The parts of a sealed state that say whether a row was there before."""

    class _Source(msgspec.Struct):
        file_sha256: str | None = None

    source: _Source
    content: str | None = None


_told = msgspec.json.Decoder(_Told)


def recorded_rows(
    ledger: Ledger, sheet: Sheet, keys: Sequence[tuple[str, ...]], known: LedgerKnown
) -> Mapping[tuple[str, ...], Recorded]:
    """What is recorded under the keys of `sheet`, as it was last stated."""
    found = _returns(ledger, keys) if sheet.stands_on is not None else _own_entries(ledger, sheet, keys)
    scribe = Scribe(sheet, ledger.vault, known=known, randomness=ledger.randomness)
    there = {}
    for key, sealed in found:
        told = _told.decode(sealed.state)
        read = partial(_read, scribe, sealed.topic, sealed.state)
        there[key] = Recorded(told.content, told.source.file_sha256, read, _before_corrections(ledger, sealed))
    return there


def _before_corrections(ledger: Ledger, sealed: Sealed) -> frozenset[str | None]:
    """The digests of what stood before the corrections that end in `sealed`; nothing behind any other entry."""
    digests: set[str | None] = set()
    if sealed.topic != EventCorrected.TOPIC:
        return frozenset()
    for entry in reversed(ledger.money.stream(sealed.stream)[: sealed.version - 1]):
        if entry.topic in BESIDE_A_ROW:
            continue
        digests.add(_told.decode(entry.state).content)
        if entry.topic != EventCorrected.TOPIC:
            break
    return frozenset(digests)


def _own_entries(
    ledger: Ledger, sheet: Sheet, keys: Sequence[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], Sealed]]:
    """The last entry of each key's stream that is a row of the sheet: a return stands behind what it returns."""
    streams = {ledger.stream(sheet.stream_kind, *key): key for key in keys}
    for stream, last in last_stated(ledger, streams).items():
        if last.topic not in BESIDE_A_ROW:
            yield streams[stream], last


def _returns(ledger: Ledger, keys: Sequence[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], Sealed]]:
    """The entries of returns, which stand on other streams than their own: they are found by 退票流水号."""
    returns = PAYMENT_RETURNS.c
    for begin in range(0, len(keys), LOOKUP_CHUNK):
        wanted = [key[0] for key in keys[begin : begin + LOOKUP_CHUNK]]
        asked = select(returns.position, returns.return_ref).where(returns.return_ref.in_(wanted))
        with ledger.engine.connect() as connection:
            at = {int(position): str(return_ref) for position, return_ref in connection.execute(asked)}
        for sealed in ledger.money.at(at):
            yield (at[sealed.position],), sealed


def _read(scribe: Scribe, topic: str, state: bytes) -> dict[str, Any]:
    event = load(topic, state)
    return scribe.read(restated(event) if isinstance(event, EventCorrected) else event)
