"""A small town for the tests of the rules: facts told in a clerk's words, and the rules run over them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.alert_steps import GroundsChanged
from domain.disbursement import PaymentMade
from domain.loan import LoanIssued
from domain.person import PersonDied
from domain.subsidy import ProgrammeDefined
from projections.dialect import writing
from projections.rules import RULES
from projections.rules.alert import AlertFields
from projections.rules.engine import Due, Outcome, Scope, evaluate, settle
from projections.rules.pack import DEFAULT_PACK, Pack
from tests.projections.history import History, account, person

AS_OF = date(2021, 3, 31)
DISABILITY = "困难残疾人生活补贴"
AN_AMOUNT_FEN = 181_00
A_PRINCIPAL_FEN = 40_000_00

FEW = ("DUP-01", "FAL-01", "LNM-01")
"""Rules enough to try the engine with."""


class Town:
    """Its history, and the rules run over it.

    pack:   the numbers by which the rules judge.
    as_of:  the evaluation date.
    rules:  the ids of those that run.
    views:  tables to empty and use; None: some of its own.
    """

    def __init__(
        self,
        folder: Path,
        pack: Pack = DEFAULT_PACK,
        *,
        as_of: date = AS_OF,
        rules: Sequence[str] = tuple(RULES),
        views: Engine | None = None,
    ) -> None:
        self.history = History(folder, views)
        self.pack = pack
        self.as_of = as_of
        self.rules = rules
        self._payments = 0

    def programme(self, name: str = DISABILITY, **stated: Any) -> int:
        """A row of 补贴目录, new or as newly stated: one claim a period and nothing for the dead, unless it says so."""
        terms = {"max_per_period": 1, "posthumous": False} | stated
        return self.history.tell(ProgrammeDefined, f"programme {name}", programme=name, **terms)

    def pay(self, to: str, period: str, paid_on: date, **stated: Any) -> int:
        """A row of 补贴发放表: 181 yuan under the disability programme, unless stated otherwise."""
        self._payments += 1
        row = {
            "programme": DISABILITY,
            "amount_fen": AN_AMOUNT_FEN,
            "bank_ref": f"REF{self._payments}",
            "claim_no": f"SQ-{self._payments}",
        }
        return self.history.tell(
            PaymentMade, f"payment {self._payments}", id_no=person(to), period=period, paid_on=paid_on, **(row | stated)
        )

    def death(self, of: str, on: date, known_on: date, **stated: Any) -> int:
        """A row of 死亡名单, new or with another 知悉日期."""
        told = {"id_no": person(of), "death_on": on, "known_on": known_on, "origin": "民政"}
        return self.history.tell(PersonDied, f"death {of}", **told, **stated)

    def lend(self, loan_no: str, to: str, household: str | None, into: str, issued_on: date, **stated: Any) -> int:
        """A row of 小额信贷台账 over 40 000 yuan, new or as newly stated."""
        row = {"principal_fen": A_PRINCIPAL_FEN, "due_on": date(2023, 1, 1)}
        borrower = {"id_no": person(to), "household_no": household, "disbursement_account": account(into)}
        told = row | borrower | {"issued_on": issued_on} | stated
        return self.history.tell(LoanIssued, f"loan {loan_no}", loan_no=loan_no, **told)

    def found(self, rule_id: str) -> list[AlertFields]:
        """What a rule finds in the whole history, told to nobody."""
        with writing(self.history.project()) as connection:
            return self.judged(connection, Scope.EVERYTHING, [rule_id]).raised

    def judged(self, connection: Connection, scope: Scope, rules: Sequence[str] | None = None) -> Outcome:
        """The outcome of the town's rules, or of others, at the evaluation date."""
        judging = [RULES[rule_id] for rule_id in (rules or self.rules)]
        return evaluate(connection, self.pack, as_of=self.as_of, scope=scope, rules=judging)

    def run(self, scope: Scope = Scope.TOUCHED) -> Outcome:
        """A whole round, as the doors make it: project, evaluate, append, project, clear."""
        engine = self.history.project()
        with writing(engine) as connection:
            outcome = self.judged(connection, scope)
        self.append(outcome)
        self.history.project()
        with writing(engine) as connection:
            settle(connection, self.pack, Due(scope, self.as_of, self.as_of), outcome)
        return outcome

    def live_is_whole(self) -> Outcome:
        """A live round, after which a whole run at the same date has nothing to add; gives the live outcome."""
        live = self.run()
        with writing(self.history.project()) as connection:
            whole = self.judged(connection, Scope.EVERYTHING)
        assert (whole.raised, whole.changed, whole.withdrawn, whole.marked) == ([], [], [], [])
        return live

    def append(self, outcome: Outcome) -> None:
        """Tell the supervision book."""
        for alert in outcome.raised:
            self.history.tell(AlertRaised, f"alert {alert['alert_id']}", **alert)
        for alert in outcome.changed:
            self.history.tell(AlertChanged, f"alert {alert['alert_id']}", **alert)
        for gone in outcome.withdrawn:
            self.history.tell(AlertWithdrawn, f"alert {gone['alert_id']}", **gone)
        for gone in outcome.marked:
            self.history.tell(GroundsChanged, f"alert {gone['alert_id']}", **gone)

    @property
    def views(self) -> Engine:
        """The views as they are."""
        return self.history.project()
