"""What the whole history of a household comes to, computed straight from the rows (OUTPUTS §7)."""

from collections import Counter
from collections.abc import Iterable

from tests.journeys.reading_workbooks import Values
from tests.journeys.recomputing import RETURNS, Township, only, stands


def household_state(township: Township, household_no: str, day: str) -> Values:
    """The state of `replay household:…` on a day by which everything has happened."""
    spans = [span.values for span in township.facts("roster_spans") if span.values["household_no"] == household_no]
    members = [span for span in spans if stands(span, day)]
    heads = [member for member in members if member["relation"] == "户主"] or members
    paid = _of(township, "payments", household_no)
    dividends = _of(township, "dividends", household_no)
    loans = _of(township, "loans", household_no)
    subsidies = [row for row in paid if row["kind"] == "subsidy"]
    subsidised = [row for row in paid if row["kind"] == "interest_subsidy"]
    return {
        "category": heads[0]["category"] if heads else None,
        "on_roster": bool(members),
        "members": [only("id_no relation category included_on", member) for member in members],
        "entitlements": [],
        "subsidies": _sums(subsidies, "programme", "amount_fen"),
        "interest_subsidies": _four(sum(row["amount_fen"] for row in subsidised)),
        "dividends": _sums(dividends, "contract_no", "paid_fen"),
        "shares": [
            only("contract_no id_no shares", share)
            for share in sorted(
                _of(township, "shares", household_no), key=lambda row: (row["contract_no"], row["id_no"])
            )
            if share["from"] <= day <= (share["until"] or day)
        ],
        "loans": [
            only("loan_no principal_fen principal_repaid_fen interest_repaid_fen outstanding_fen", loan)
            for loan in sorted(loans, key=lambda loan: str(loan["loan_no"]))
        ],
        "received_fen": sum(row["amount_fen"] for row in paid) + sum(row["paid_fen"] for row in dividends),
        "outstanding_fen": sum(loan["outstanding_fen"] for loan in loans),
    }


def household_money(township: Township, household_no: str) -> Counter[tuple[str, str | None, int]]:
    """The day, reference and amount of each subsidy and dividend that reached the household."""
    payments = [row for row in _of(township, "payments", household_no) if row["kind"] == "subsidy"]
    paid = ((row["paid_on"], row["bank_ref"], row["amount_fen"]) for row in payments)
    shared = ((row["paid_on"], row["bank_ref"], row["paid_fen"]) for row in _of(township, "dividends", household_no))
    return Counter([*paid, *shared])


def _of(township: Township, table: str, household_no: str) -> list[Values]:
    return [fact.values for fact in township.facts(table) if fact.values["household_no"] == household_no]


def _sums(rows: Iterable[Values], by: str, amount: str) -> list[Values]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row[by]] += row[amount]
    return [{by: name} | _four(sums[name]) for name in sorted(sums)]


def _four(paid_fen: int) -> Values:
    return RETURNS | {"paid_fen": paid_fen, "net_fen": paid_fen}
