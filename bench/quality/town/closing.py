"""The books closed: what stands behind every payment (notice, instruction, bank line) unless a case hides it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from bench.quality.town.book import Row
from bench.quality.town.funding import INTEREST, fund
from bench.quality.town.posting import announce, line, post
from bench.quality.town.programmes import MONTHLY
from bench.quality.town.subsidies import begins, insure
from bench.quality.town.township import AS_OF, TOWNSHIP_CODE, TOWNSHIP_FINANCE, YEAR, Township

UNTIL_INSTRUCTED, UNTIL_ANNOUNCED = timedelta(days=2), timedelta(days=10)
MATURED_BEFORE_PAYMENT = timedelta(days=5)
ANNOUNCED_FOR = timedelta(days=11)


def close(town: Township, seed: int) -> None:
    """Finish the package: insurance, funding, instructions, notices, announcements, statements, manifest."""
    insure(town)
    fund(town)
    instruct(town)
    post_notices(town)
    announce_results(town)
    keep_statements(town)
    town.book.add(
        "manifest",
        package_id=f"PKG-{TOWNSHIP_CODE}-{YEAR}-{seed}",
        division_code=TOWNSHIP_CODE,
        as_of=AS_OF,
        import_mode="首次导入",
    )


def claims_of(town: Township, hidden: str) -> Iterator[list[Row]]:
    """The payments of each claim, without those that a case hides."""
    claims: dict[str, list[Row]] = defaultdict(list)
    for row in town.book.of("subsidy_payments"):
        if hidden not in row.without:
            claims[row.get("claim_no") or row["bank_ref"]].append(row)
    yield from claims.values()


def instruct(town: Township) -> None:
    """An instruction for each claim, with the agreed dates where it is paid in instalments; one for each works bill."""
    for claim in claims_of(town, "instruction"):
        first = claim[0]
        paid = [(row["paid_on"], row["amount"]) for row in claim if row["pay_kind"] == "分期"]
        plan = ";".join(f"{day}:{fen / 100:.2f}" for day, fen in (*paid, *first.agreed))
        _instruction(
            town, first, ref_kind="补贴", ref_no=first.get("claim_no") or first["bank_ref"], payee_name=first["name"],
            payee_id=first["id_no"], amount=first["approved_amount"], instalment_plan=plan or None,
            purpose_code=town.programmes[first["programme"]].purpose,
        )  # fmt: skip
    for row in town.book.of("project_payments"):
        if "instruction" not in row.without and row.get("contract_no"):
            _instruction(
                town, row, ref_kind="项目", ref_no=row["contract_no"], payee_name=row["payee_name"],
                payee_id=row["payee_uscc"], amount=row["amount"], purpose_code=row["purpose_code"],
            )  # fmt: skip


def _instruction(town: Township, payment: Row, **stated: Any) -> None:
    told = {alias: payment[alias] for alias in ("account_no", "quota_doc_no", "preparer", "approver", "approved_on")}
    town.book.add(
        "payment_instructions",
        instruction_no=f"ZL-{YEAR}-{town.ordinal('instruction'):05d}",
        line_no=1,
        instructed_on=payment["approved_on"] + UNTIL_INSTRUCTED,
        **told,
        **stated,
    )


class Run(NamedTuple):
    """A claim, or the claims of consecutive months over one amount: a line of a notice."""

    first: Row
    last: Row
    fen: int


def post_notices(town: Township) -> None:
    """One notice for each programme, village and month in which lines of it are first paid."""
    batches: dict[tuple[str, str, date], list[Run]] = defaultdict(list)
    for run in runs(town):
        first = run.first
        batches[first["programme"], first["village"], first["paid_on"].replace(day=1)].append(run)
    for (programme, village, _), lines in batches.items():
        days = town.programmes[programme].notice_days or 0
        until = min(run.first["paid_on"] for run in lines) - MATURED_BEFORE_PAYMENT
        clerk = next(staff.name for staff in town.staff if staff.row["org"] == village)
        notice = post(
            town, "补贴", until - timedelta(days=days + 1), until, programme=programme, village=village,
            responsible=clerk,
        )  # fmt: skip
        for number, run in enumerate(lines, 1):
            line(town, notice, number, run.first, period_to=run.last["period"], amount=run.fen)


def runs(town: Township) -> list[Run]:
    """What must be posted, in the order of programme, person and period."""
    posted = [claim[0] for claim in claims_of(town, "notice") if town.programmes[claim[0]["programme"]].notice_days]
    posted.sort(key=lambda row: (row["programme"], row["id_no"], begins(row["period"]), row["paid_on"]))
    found: list[Run] = []
    for row in posted:
        fen = row["approved_amount"]
        if found and follows(town, found[-1], row, fen):
            found[-1] = found[-1]._replace(last=row)
        else:
            found.append(Run(row, row, fen))
    return found


def follows(town: Township, run: Run, row: Row, fen: int) -> bool:
    """Whether a row continues a run: the next month of the same subsidy, over the same amount."""
    same = all(run.last[alias] == row[alias] for alias in ("programme", "id_no", "village"))
    monthly = town.programmes[row["programme"]].period_kind == MONTHLY
    return same and monthly and run.fen == fen and begins(row["period"]) == next_month(begins(run.last["period"]))


def next_month(day: date) -> date:
    """The first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def announce_results(town: Township) -> None:
    """What arrived, what was accepted and what was shared out is announced within days, township by township."""
    projects = {row["project_no"] for row in town.book.of("projects")}
    for row in town.book.of("allocations"):
        if row["entry_kind"] == "分解" and row["from_org"] == TOWNSHIP_FINANCE and "notice" not in row.without:
            column = "project_no" if row["target"] in projects else "programme"
            about = {column: row["target"]} if row["target"] != INTEREST else {}
            _announce(town, "指标", row["occurred_on"], about)
    for row in town.book.of("projects"):
        if row.get("accepted_on") and "notice" not in row.without:
            _announce(town, "验收", row["accepted_on"], {"project_no": row["project_no"]})
    shared = {row["contract_no"]: row for row in town.book.of("dividends") if "notice" not in row.without}
    for number, row in shared.items():
        _announce(town, "分红", row["paid_on"], {"contract_no": number})


def _announce(town: Township, subject_kind: str, day: date, about: dict[str, str]) -> None:
    on = day + UNTIL_ANNOUNCED
    announce(town, subject_kind, on, on + ANNOUNCED_FOR, **about)


class Movement(NamedTuple):
    """Money between two accounts, as a bank sees it."""

    row: Row
    ref: str
    day: date
    payer: str
    payee: str
    payee_name: str
    summary: str


def keep_statements(town: Township) -> None:
    """银行流水 of every account that is reconciled; rows of one reference are one line."""
    owners = {move.payee: move.payee_name for move in movements(town)}
    owners |= {row["account_no"]: row["org_name"] for row in town.book.of("orgs")}
    reconciled = {row["account_no"] for row in town.book.of("orgs") if row["reconciled"]}
    lines: dict[tuple[str, str], Row] = {}
    for move in movements(town):
        if "statement" in move.row.without:
            continue
        for account in (move.payer, move.payee):
            if account not in reconciled:
                continue
            known = lines.get((account, move.ref))
            if known is not None:
                known["amount"] += move.row["amount"]
                continue
            told = {
                "bank_ref": move.ref, "date": move.day, "statement_account": account, "from": move.payer,
                "from_name": owners[move.payer], "to": move.payee,
                "to_name": owners[move.payee], "amount": _fen(move.row), "summary": move.summary,
                "quota_doc_no": None if move.row.sheet == "subsidy_payments" else move.row.get("quota_doc_no"),
            }  # fmt: skip
            lines[account, move.ref] = town.book.add("bank_statement", **(told | move.row.at_bank))


def _fen(row: Row) -> int:
    return int(row["paid"] if row.sheet == "dividends" else row["amount"])


def movements(town: Township) -> Iterator[Movement]:
    """Everything that moved between accounts."""
    township = town.accounts[TOWNSHIP_FINANCE]
    of = town.book.of
    paid: dict[str, Movement] = {}
    for row in (*of("subsidy_payments"), *of("project_payments"), *of("interest_subsidies"), *of("dividends")):
        payer = row.get("paid_from") or _village_account(town, row) or township
        name = row.get("holder_name") or row.get("payee_name") or ""
        summary = row.get("programme") or row.get("summary") or "拨付"
        move = Movement(row, row["bank_ref"], row["paid_on"], payer, row["account_no"], name, summary)
        paid[move.ref] = move
        yield move
    for row in of("allocations"):
        if row["entry_kind"] == "拨付":
            payer = town.accounts[row["from_org"]]
            yield Movement(row, row["bank_ref"], row["occurred_on"], payer, row["to_account"], row["to_org"], "拨付")
    for row in of("dividend_receipts"):
        operator = next(r for r in of("asset_contracts") if r["contract_no"] == row["contract_no"])["operator_name"]
        payer = town.accounts[operator]
        yield Movement(row, row["bank_ref"], row["received_on"], payer, row["to_account"], "", "分红款")
    for row in of("payment_returns"):
        was = paid.get(row["target_ref"])
        if was is not None:
            yield Movement(row, row["return_ref"], row["returned_on"], was.payee, was.payer, was.payee_name, "退票")


def _village_account(town: Township, row: Row) -> str | None:
    if row.sheet != "dividends":
        return None
    contract = next(r for r in town.book.of("asset_contracts") if r["contract_no"] == row["contract_no"])
    return town.accounts[town.collective_of(contract["village"])]
