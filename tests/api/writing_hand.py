"""A writer in a process of its own, whose threads give instructions and record payments by hand, all at once.

    python writing_hand.py LEDGER FIRST_WRITER THREADS

Each line of its output is what became of one attempt: `what number outcome`, where the outcome is `new`, `unchanged` or
a refusal's code.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from api.instructions import Line, Order, instruct
from api.ledger import Ledger
from domain.refusal import Refused
from tests.api.offices import CARD, DOCUMENT, FINANCE, LEADER, enter_row, paid
from tests.journeys.inventing import credit_code

INSTALMENT_FEN = 700
ATTEMPTS = 4
CONTESTED, SHARED = ("SAME-1", "SAME-2", "SAME-3"), ("BOTH-1", "BOTH-2", "BOTH-3")
"""流水号 that every writer states with an amount of its own, and that all state alike."""


def contract_of(writer: int) -> str:
    """Each writer pays another contract, all of them out of one document."""
    return f"GC-{writer}"


def outcomes(ledger: Ledger, writer: int) -> Iterator[str]:
    """What becomes of everything that one writer tries."""
    for number in range(ATTEMPTS):
        yield f"instruct ZL-{writer}-{number} {tried(lambda n=number: instructed(ledger, writer, n))}"  # type: ignore[misc]
    for ref in CONTESTED:
        yield f"pay {ref} {tried(lambda r=ref: recorded(ledger, r, f'{writer + 1}.00'))}"  # type: ignore[misc]
    for ref in SHARED:
        yield f"pay {ref} {tried(lambda r=ref: recorded(ledger, r, '1.00'))}"  # type: ignore[misc]


def tried(work: Callable[[], bool]) -> str:
    """Whether it was new, or why it was refused."""
    try:
        return "new" if work() else "unchanged"
    except Refused as refused:
        return refused.code


def instructed(ledger: Ledger, writer: int, number: int) -> bool:
    """One instalment."""
    order = Order(
        instruction_no=f"ZL-{writer}-{number}",
        ref_kind="项目",
        ref_no=contract_of(writer),
        payee_name="测试建筑公司",
        payee_id=credit_code(1),
        account_no=CARD,
        lines=[Line(DOCUMENT, INSTALMENT_FEN, "I01")],
        actor=FINANCE,
        approver=LEADER,
        instalment_plan="2020-06-20:7.00",
    )
    return instruct(ledger, order)[1]


def recorded(ledger: Ledger, bank_ref: str, amount: str) -> bool:
    """One payment of the bank, out of no document."""
    return not enter_row(ledger, "subsidy_payments", FINANCE, **paid(bank_ref, amount=amount)).unchanged


def write(ledger: Ledger, first: int, threads: int) -> list[str]:
    """Everything that `threads` writers from `first` on try at once."""
    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(lambda w: list(outcomes(ledger, w)), first + thread) for thread in range(threads)]
        return [line for one in done for line in one.result()]


def main(path: str, first: str, threads: str) -> None:
    """Write, and tell."""
    with Ledger.open(Path(path)) as ledger:
        for line in write(ledger, int(first), int(threads)):
            sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
