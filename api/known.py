"""What the ledger knows, as the checks of a package ask it (`intake.known.Known`)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cached_property, partial
from typing import Any

import msgspec
from sqlalchemy import select

from api.ledger import Ledger
from api.revealing import words_at
from domain.catalogue import load
from intake.checking import Recorded
from intake.recording import Scribe, without_blanks
from intake.sheet import Sheet
from projections.tables.allocations import ALLOCATIONS
from projections.tables.dividends import ASSET_CONTRACTS
from projections.tables.imports import IMPORTS
from projections.tables.organisations import STAFF
from projections.tables.places import PLACES
from projections.tables.programmes import PROGRAMME_RATES, PROGRAMMES

ARRIVAL, BREAKDOWN = "到达", "分解"


class LedgerKnown:
    """Names that may be referred to, from the ledger's own tables; read once per package."""

    def __init__(self, ledger: Ledger) -> None:
        """Ask `ledger`, whose views are up to date."""
        self._ledger = ledger
        self.today = ledger.today
        self.place_code = ledger.place_code

    def imported(self, file_sha256: str, sheet_key: str | None) -> bool:
        """Whether this very file went in before, whole, as this sheet."""
        return (file_sha256, sheet_key) in self._imported

    def values(self, namespace: str) -> AbstractSet[str]:
        """Every value of `namespace` that may be referred to."""
        return self._values.get(namespace, frozenset())

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

    def staff_no(self, name_or_number: str) -> str | None:
        """The 工号 of the one person of this name or number, or None."""
        numbers = self._staff.get(without_blanks(name_or_number), set())
        return next(iter(numbers)) if len(numbers) == 1 else None

    @cached_property
    def _imported(self) -> frozenset[tuple[str, str]]:
        rows = self._rows(IMPORTS, "file_sha256", "sheet_key")
        return frozenset((row["file_sha256"], row["sheet_key"]) for row in rows)

    @cached_property
    def _values(self) -> dict[str, frozenset[str]]:
        documents = self._rows(ALLOCATIONS, "entry_kind", "quota_doc_no")
        return {
            "place_code": frozenset(row["place_code"] for row in self._rows(PLACES, "place_code")),
            "programme": frozenset(self._programmes),
            "asset_contract": frozenset(self._contracts),
            "quota_doc": frozenset(row["quota_doc_no"] for row in documents if row["entry_kind"] == ARRIVAL),
            "staff": frozenset(self._staff),
        }

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
    streams = {ledger.stream(sheet.stream_kind, *key): key for key in keys}
    scribe = Scribe(sheet, ledger.vault, known=known, randomness=ledger.randomness)
    there = {}
    for stream, sealed in ledger.money.latest(streams).items():
        told = _told.decode(sealed.state)
        read = partial(_read, scribe, sealed.topic, sealed.state)
        there[streams[stream]] = Recorded(told.content, told.source.file_sha256, read)
    return there


def _read(scribe: Scribe, topic: str, state: bytes) -> dict[str, Any]:
    return scribe.read(load(topic, state))
