"""Which rules would this raise? Rows are tried, never recorded (DESIGN §6 "Alerts").

    rows ──check──► events, with references for the trial ──project──► tables ──the rules' own SELECTs──► findings
                                                     └────────────── all of it taken back ──────────────┘

So preflight is not a second reading of the rules: it is the live round, in a transaction that is taken back. On SQLite
other writers of the views wait meanwhile; the books and the vault are not written at all.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple

from sqlalchemy import delete

from api.acting import acting
from api.by_hand import told
from api.known import LedgerKnown, recorded_rows
from api.ledger import Ledger
from domain.catalogue import as_told
from domain.clock import instant
from domain.event import KEEPER, BookName, Versioned
from domain.refusal import Refused
from domain.roles import AUDITOR, INSPECTOR
from intake.checking import Check, Fate
from intake.checking import Ledger as Checked
from intake.content import content_of
from intake.entry import Stated, read_entries
from intake.recording import Circumstances, Scribe, Written
from intake.sheet import Row, Sheet
from intake.sheets import SHEETS
from projections.dialect import trying
from projections.rules import RULES
from projections.rules.adopting import adopted_pack
from projections.rules.alert import AlertFields
from projections.rules.engine import Scope, due, evaluate
from projections.runner import position_of, project
from projections.tables.imports import evaluation_date
from projections.tables.internal import TOUCHED
from vault.trial import TrialVault

TAKEN = ("subsidy_payments", "project_payments", "loans", "dividends", "payment_instructions")
"""The sheets whose rows may be tried: what is paid, lent or shared out."""

SEES_EVERYTHING = frozenset({KEEPER, INSPECTOR, AUDITOR})
"""Who is shown leads about the office as well; anybody else sees what the rule pack lists as visible to clerks."""

BATCH = 5_000


NO_FILE = "0" * 64

LEFT_OUT_BEHIND = 1_000
"""So many findings are told; behind them only how many more there are."""


class Tried(NamedTuple):
    """An event that was only tried, and the file that its row stands in."""

    file: str
    written: Written


class Places:
    """Where the tried rows stand, by the positions that they would have: 8 bytes a row."""

    def __init__(self, first: int) -> None:
        """The first row would have the position behind `first`."""
        self.last = first
        self._begin = first + 1
        self._rows = array("q")
        self._files: list[str] = []
        self._from: list[int] = []

    def add(self, tried: Tried) -> int:
        """Note the next row; gives its position."""
        self.last += 1
        if not self._files or self._files[-1] != tried.file:
            self._files.append(tried.file)
            self._from.append(self.last)
        self._rows.append(tried.written.event.source.row or 0)
        return self.last

    def of(self, positions: Iterable[int]) -> list[dict[str, Any]]:
        """The rows among `positions`."""
        return [
            {"file": self._files[bisect_right(self._from, position) - 1], "row": self._rows[position - self._begin]}
            for position in positions
            if position >= self._begin
        ]


class Trial:
    """What rules find in rows that are not recorded."""

    def __init__(self, ledger: Ledger, actor: str = KEEPER) -> None:
        """Try for `actor`, a 工号 or the keeper.

        Raises:
            Refused: `E-AUTH` when nobody serves under that number.
        """
        ledger.catch_up()
        self._ledger = ledger
        self._sees_everything = bool(acting(ledger, actor).roles & SEES_EVERYTHING)
        self._vault = TrialVault(ledger.vault)

    def of_rows(self, sheet_key: str, rows: Sequence[Mapping[str, Stated]]) -> dict[str, Any]:
        """What the rules would find in `rows` of a sheet; rows that could not be recorded are told under `problems`.

        Raises:
            Refused: `E-SCHEMA` for a sheet whose rows are not tried.
        """
        if sheet_key not in TAKEN:
            raise Refused(
                "E-SCHEMA",
                field="sheet",
                value=sheet_key,
                why=f"Rows of {sheet_key} are not tried.",
                remedy=f"Name one of {', '.join(TAKEN)}.",
            )
        sheet = SHEETS[sheet_key]
        known = LedgerKnown(self._ledger)
        check = Check(Checked(known, lambda of, keys: recorded_rows(self._ledger, of, keys, known), self._content))
        fate = check.fate_of(read_entries(sheet, rows, today=self._ledger.today))
        tried = iter(()) if fate.refused else self.written(fate, check)
        return {**self.found(tried), "rows": len(rows), "problems": told(fate.problems)}

    def of_files(self, fates: Sequence[Fate], check: Check, *, as_of: date, package_id: str) -> dict[str, Any]:
        """What the rules would find in the files of a package that may go in."""
        going_in = [fate for fate in fates if not fate.refused and fate.goes_in]
        told = self.found(
            chain.from_iterable(
                self.written(fate, check, as_of=as_of, package_id=package_id)
                for fate in sorted(going_in, key=lambda fate: fate.table.sheet.last)
            )
        )
        return {"would_raise": told["alerts"], "would_raise_left_out": told["alerts_left_out"]}

    def written(
        self, fate: Fate, check: Check, *, as_of: date | None = None, package_id: str = "TRIAL"
    ) -> Iterator[Tried]:
        """The events that the rows of a file would be."""
        sheet = fate.table.sheet
        scribe = Scribe(sheet, self._vault, known=check.known, randomness=self._ledger.salts)
        given = Circumstances(
            recorded_at=instant(self._ledger.clock()),
            actor=KEEPER,
            package_id=package_id,
            as_of=as_of or self._ledger.today,
            file_sha256=fate.table.file.sha256 or NO_FILE,
        )
        for batch in check.to_record(fate, BATCH):
            for written in scribe.write(batch, given):
                yield Tried(fate.table.file.name, written)

    def found(self, tried: Iterator[Tried]) -> dict[str, Any]:
        """The alerts that would be raised or changed, by rule and anchor, each with the rows that it rests on."""
        with trying(self._ledger.engine) as connection:
            connection.execute(delete(TOUCHED))
            places = Places(position_of(connection, BookName.MONEY))
            while batch := list(islice(tried, BATCH)):
                project(connection, BookName.MONEY, list(self._placed(batch, places)))
            pack = adopted_pack(connection)
            as_of = due(connection, pack, evaluation_date(connection) or self._ledger.today).as_of
            outcome = evaluate(connection, pack, as_of=as_of, scope=Scope.TOUCHED)
            alerts = [("raised", alert) for alert in outcome.raised] + [("changed", alert) for alert in outcome.changed]
            found = [
                _finding(state, alert, places)
                for state, alert in alerts
                if self._sees_everything or alert["rule_id"] in pack.visible_to_clerks
            ]
        told, left_out = found[:LEFT_OUT_BEHIND], max(0, len(found) - LEFT_OUT_BEHIND)
        return {"as_of": as_of.isoformat(), "pack_hash": pack.hash, "alerts": told, "alerts_left_out": left_out}

    def _placed(self, tried: Sequence[Tried], places: Places) -> Iterator[Versioned]:
        """The events as the book would place them, each at the next version of its stream."""
        streams = [self._ledger.stream(one.written.thing.kind, *one.written.thing.key) for one in tried]
        follow = {stream for stream, one in zip(streams, tried, strict=True) if one.written.follows}
        versions = {stream: sealed.version for stream, sealed in self._ledger.money.latest(follow).items()}
        for stream, one in zip(streams, tried, strict=True):
            versions[stream] = versions.get(stream, 0) + 1
            event = one.written.event
            yield as_told(Versioned(places.add(one), str(stream), versions[stream], event.TOPIC, event))

    def _content(self, sheet: Sheet, row: Row) -> str:
        return self._ledger.digest(content_of(sheet, row))


def _finding(state: str, alert: AlertFields, places: Places) -> dict[str, Any]:
    terms = RULES[alert["rule_id"]].terms
    return {
        "rule_id": alert["rule_id"],
        "name_zh": terms.zh,
        "name_en": terms.en,
        "severity": alert["severity"],
        "state": state,
        "rows": places.of(alert["event_refs"]),
        "amount_at_risk_fen": alert["amount_at_risk_fen"],
        "why_zh": alert["why_zh"],
        "why_en": alert["why_en"],
    }
