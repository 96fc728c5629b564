"""What loans, funds, payments, projects, contracts, notices, accounts and places came to by a day (OUTPUTS §7)."""

from collections.abc import Callable, Mapping

from tests.journeys.reading_workbooks import Values
from tests.journeys.recomputing import Township, only
from tests.journeys.recomputing_balances import dividends, documents
from tests.journeys.recomputing_households import (
    household_state,
    in_force,
    on_roster,
    person_state,
    shared,
    subsidies,
    sums,
)
from tests.journeys.recomputing_moments import Moment
from tests.journeys.recomputing_notices import notice_state, open_objections, periods
from tests.journeys.recomputing_payments import Payment, four
from tests.journeys.recorded_rows import dividend_reference


def state_of(kind: str, township: Township, value: str, moment: Moment) -> Values:
    """The state of `replay KIND:VALUE`; `township` shows what had happened and was known at the moment."""
    states: Mapping[str, Callable[[Township, str, Moment], Values]] = {
        "household": household_state,
        "person": person_state,
        "loan": _loan,
        "fund": _fund,
        "payment": _payment,
        "project": _project,
        "contract": lambda *of: _work(*of) if value in township.works else _asset(*of),
        "notice": _notice,
        "account": _account,
        "place": _place,
    }
    return states[kind](township, value, moment)


def _loan(township: Township, loan_no: str, moment: Moment) -> Values:
    loan = next(row for row in township.ever("loans") if row["loan_no"] == loan_no)
    found = [fact.values for fact in township.facts("loans") if fact.values["loan_no"] == loan_no]
    none = {"moved_fen": 0, "principal_repaid_fen": 0, "interest_repaid_fen": 0, "outstanding_fen": 0}
    figures = found[0] if found else none
    subsidised = four(
        (row["amount_fen"], township.taken_back.get(row["bank_ref"]))
        for row in (fact.values for fact in township.facts("interest_subsidies"))
        if row["loan_no"] == loan_no and moment.reached(row["paid_on"])
    )
    return (
        only("household_no id_no principal_fen issued_on due_on", loan)
        | only(" ".join(none), figures)
        | {"interest_subsidies": subsidised}
        | {"settled_on": loan["settled_on"] if found and moment.reached(loan["settled_on"]) else None}
        | ({"identity": figures["identity"]} if found else {})
    )


def _fund(township: Township, document: str, _moment: Moment) -> Values:
    own = [row for row in documents(township) if row["quota_doc_no"] == document]
    return {"documents": own, "unspent_fen": sum(row["unspent_fen"] for row in own)}


def _payment(township: Township, reference: str, _moment: Moment) -> Values:
    for payment in township.payments:
        if payment.reference == reference:
            lines = [{"quota_doc_no": n.quota_doc_no, "org": n.org, "amount_fen": n.amount_fen} for n in payment.lines]
            return {"kind": payment.kind, "lines": lines} | _one(payment.amount_fen, payment.taken_back)
    for row in (fact.values for fact in township.facts("dividends")):
        if dividend_reference(row) == reference:
            return {"kind": "dividend", "lines": []} | _one(row["paid_fen"], township.taken_back.get(reference))
    return {"amount_fen": 0, "returned_fen": 0, "reversed_fen": 0, "net_fen": 0, "lines": [], "state": None}


def _one(amount_fen: int, taken_back: Values | None) -> Values:
    figures = four([(amount_fen, taken_back)])
    states = {None: "paid", "退票": "returned", "冲正": "reversed"}
    figures["amount_fen"] = figures.pop("paid_fen")
    return figures | {"state": states[taken_back["return_kind"] if taken_back else None]}


def _project(township: Township, project_no: str, moment: Moment) -> Values:
    project = next(row for row in township.ever("projects") if row["project_no"] == project_no)
    signed = [record.values for record in township.records("contracts")]
    return {
        "budget_fen": project["budget_fen"],
        "contracts": [
            {"contract_no": row["contract_no"], "amount_fen": _amended(row, moment)}
            for row in sorted(signed, key=lambda row: str(row["contract_no"]))
            if row["project_no"] == project_no
        ],
        "state": _progress(project, moment),
    } | _spent(township, "project_no", project_no)


def _progress(project: Values, moment: Moment) -> str:
    """立项日期 empty: 入库日期 if 状态 is 立项 or later (FORMATS §15)."""
    approved_on = project["approved_on"]
    if approved_on is None and project["status"] in {"立项", "在建", "验收", "决算"}:
        approved_on = project["entered_on"]
    reached = {"accepted": project["accepted_on"], "approved": approved_on, "entered": project["entered_on"]}
    return next((word for word, day in reached.items() if moment.reached(day)), "proposed")


def _amended(contract: Values, moment: Moment) -> int:
    amended = moment.reached(contract["amended_on"])
    return int(contract["amended_amount_fen"] if amended else contract["amount_fen"])


def _spent(township: Township, column: str, value: str) -> Values:
    """Four figures of what 支付台账 says of a project or a contract."""
    return four(
        (line.amount_fen, payment.taken_back)
        for payment in township.payments
        for line in payment.lines
        if payment.kind == "project" and line.values[column] == value
    )


def _work(township: Township, contract_no: str, moment: Moment) -> Values:
    contract = next(row for row in township.ever("contracts") if row["contract_no"] == contract_no)
    return {
        "project_no": contract["project_no"],
        "amount_fen": _amended(contract, moment),
    } | _spent(township, "contract_no", contract_no)


def _asset(township: Township, contract_no: str, moment: Moment) -> Values:
    held = [row for row in township.ever("shareholders") if row["contract_no"] == contract_no and in_force(row, moment)]
    own = [row for row in dividends(township) if row["contract_no"] == contract_no]
    return {
        "principal_fen": township.contracts[contract_no]["principal_fen"],
        "shares": [
            only("id_no household_no shares", row)
            for row in sorted(held, key=lambda row: (row["id_no"], row["household_no"]))
        ],
        "dividends": own,
        "undistributed_fen": sum(row["undistributed_fen"] for row in own),
    }


def _notice(township: Township, notice_no: str, moment: Moment) -> Values:
    notice = next(row for row in township.ever("notices") if row["notice_no"] == notice_no)
    state = only("from until", notice)
    if not moment.reached(notice["from"]):
        return state | {"state": None}
    lines = [row for row in township.ever("notice_lines") if row["notice_no"] == notice_no]
    return state | {
        "state": notice_state(township, notice, moment.as_of),
        "lines": len(lines),
        "total_fen": sum(row["amount_fen"] * periods(row["period_from"], row["period_to"]) for row in lines),
        "open_objections": [{"objection_no": no} for no in open_objections(township, notice_no, moment.as_of)],
    }


def _account(township: Township, account_no: str, _moment: Moment) -> Values:
    into = sum(_net(payment) for payment in township.payments if _of(payment, "account_no") == account_no)
    out = sum(_net(payment) for payment in township.payments if _of(payment, "paid_from") == account_no)
    shared_fen = sum(
        fact.values["net_fen"] for fact in township.facts("dividends") if fact.values["account_no"] == account_no
    )
    loans = sorted(no for no, loan in township.loans.items() if loan["disbursement_account"] == account_no)
    return {
        "received_fen": into + shared_fen,
        "sent_fen": out,
        "loans": [{"loan_no": loan_no} for loan_no in loans],
        "balance_fen": into + shared_fen - out,
    }


def _of(payment: Payment, column: str) -> str | None:
    return payment.lines[0].values.get(column)


def _net(payment: Payment) -> int:
    return 0 if payment.taken_back else payment.amount_fen


def _place(township: Township, name: str, moment: Moment) -> Values:
    spans = [span for span in on_roster(township, moment) if span["village"] == name]
    organisations = {row["org_name"] for row in township.ever("orgs") if row["village"] == name}
    located = {row["project_no"] for row in township.ever("projects") if row["location"] == name}
    works = {project_no: _spent(township, "project_no", project_no) for project_no in sorted(located)}
    paid = sums(subsidies(township, lambda row: row["village"] == name), "programme")
    got = sums(shared(township, lambda row: row["village"] == name), "contract_no")
    return {
        "households": len({span["household_no"] for span in spans}),
        "persons": len({span["id_no"] for span in spans}),
        "subsidies": paid,
        "projects": [{"project_no": no, "net_fen": row["net_fen"]} for no, row in works.items() if row["paid_fen"]],
        "documents": [row for row in documents(township) if row["org"] in organisations],
        "dividends": [row for row in dividends(township) if row["village"] == name],
        "received_fen": sum(row["net_fen"] for row in paid + got),
    }
