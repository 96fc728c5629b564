"""What the history of a household or a person comes to, computed straight from the rows (OUTPUTS §7)."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from tests.journeys.reading_workbooks import Values
from tests.journeys.recomputing import Township, only
from tests.journeys.recomputing_moments import Moment
from tests.journeys.recomputing_payments import four
from tests.journeys.recorded_rows import dividend_reference, id_is_valid

Chooses = Callable[[Values], bool]
_OF_A_LOAN = "loan_no principal_fen principal_repaid_fen interest_repaid_fen outstanding_fen"


def household_state(township: Township, household_no: str, moment: Moment) -> Values:
    """The state of `replay household:…`; the village of a household off the roster is not said here."""
    mine = _is("household_no", household_no)
    members = [span for span in on_roster(township, moment) if mine(span)]
    heads = [member for member in members if member["relation"] == "户主"] or members
    state = {
        "category": heads[0]["category"] if heads else None,
        "on_roster": bool(members),
        "members": [only("id_no relation category included_on", member) for member in members],
        "entitlements": entitlements(township, moment, mine),
    } | _money(township, moment, mine)
    return state | ({"village": heads[0]["village"]} if heads else {})


def person_state(township: Township, id_no: str, moment: Moment) -> Values:
    """The state of `replay person:…`."""
    mine = _is("id_no", id_no)
    deaths = [row for row in township.ever("deaths") if mine(row) and moment.reached(row["death_on"], row["known_on"])]
    return {
        "households": [
            only("household_no relation category included_on", span)
            for span in sorted(on_roster(township, moment), key=lambda span: str(span["household_no"]))
            if mine(span)
        ],
        "died_on": deaths[0]["death_on"] if deaths else None,
        "entitlements": entitlements(township, moment, mine),
    } | _money(township, moment, mine)


def on_roster(township: Township, moment: Moment) -> list[Values]:
    """The spans of the roster that cover the day; an exit is known on the later of 退出日期 and 登记日期."""
    return [
        span
        for span in (fact.values for fact in township.facts("roster_spans"))
        if not moment.reached(span["exited_on"], max(span["exited_on"] or "", span["registered_on"] or ""))
    ]


def entitlements(township: Township, moment: Moment, chooses: Chooses) -> list[Values]:
    """What is granted, in force and not declined."""
    in_force = [
        row
        for row in (record.values for record in township.records("entitlements"))
        if chooses(row) and row["from"] <= moment.as_of <= (row["to"] or moment.as_of)
        if not (row["declined_on"] and row["declined_on"] <= moment.as_of)
    ]
    in_force.sort(key=lambda row: (row["id_no"], row["programme"]))
    return [only("id_no programme amount_per_period_fen from to", row) for row in in_force]


def sums(rows: Iterable[tuple[str, int, Values | None]], by: str) -> list[Values]:
    """Paid, returned, reversed, net of each programme or contract, sorted by it."""
    grouped: dict[str, list[tuple[int, Values | None]]] = defaultdict(list)
    for name, amount_fen, taken_back in rows:
        grouped[name].append((amount_fen, taken_back))
    return [{by: name} | four(grouped[name]) for name in sorted(grouped)]


def subsidies(township: Township, chooses: Chooses) -> list[tuple[str, int, Values | None]]:
    """Programme, amount and return of the subsidies that are chosen by their row of the fact table."""
    return [
        (row["programme"], row["amount_fen"], township.taken_back.get(row["bank_ref"] or ""))
        for row in (fact.values for fact in township.facts("payments"))
        if row["kind"] == "subsidy" and chooses(row)
    ]


def shared(township: Township, chooses: Chooses) -> list[tuple[str, int, Values | None]]:
    """Contract, amount and return of the dividends that are chosen."""
    return [
        (row["contract_no"], row["paid_fen"], township.taken_back.get(dividend_reference(row)))
        for row in (fact.values for fact in township.facts("dividends"))
        if chooses(row)
    ]


def _money(township: Township, moment: Moment, mine: Chooses) -> Values:
    loans = sorted(
        (fact.values for fact in township.facts("loans") if mine(fact.values)), key=lambda loan: str(loan["loan_no"])
    )
    borrowed = {loan["loan_no"] for loan in loans}
    interest = four(
        (row["amount_fen"], township.taken_back.get(row["bank_ref"]))
        for row in (fact.values for fact in township.facts("interest_subsidies"))
        if row["loan_no"] in borrowed and id_is_valid(row["payee_id"]) and moment.reached(row["paid_on"])
    )
    of_programmes, of_contracts = (
        sums(subsidies(township, mine), "programme"),
        sums(shared(township, mine), "contract_no"),
    )
    held = [row for row in township.ever("shareholders") if mine(row) and in_force(row, moment)]
    return {
        "subsidies": of_programmes,
        "interest_subsidies": interest,
        "dividends": of_contracts,
        "shares": [
            only("contract_no id_no shares", row)
            for row in sorted(held, key=lambda row: (row["contract_no"], row["id_no"]))
        ],
        "loans": [only(_OF_A_LOAN, loan) for loan in loans],
        "received_fen": interest["net_fen"] + sum(row["net_fen"] for row in of_programmes + of_contracts),
        "outstanding_fen": sum(loan["outstanding_fen"] for loan in loans),
    }


def in_force(row: Values, moment: Moment) -> bool:
    """Whether a row with a first day, known on it, and a last day covers the day."""
    return moment.reached(row["from"]) and moment.as_of <= (row["until"] or moment.as_of)


def _is(column: str, value: str) -> Chooses:
    return lambda row: row[column] == value
