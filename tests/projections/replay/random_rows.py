"""Random rows of every sheet that is taken: what the properties of the histories are tried on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from domain.loan import LoanRepaid
from domain.person import HouseholdExited, MemberChanged
from projections.history import SUBJECTS
from projections.tables.internal import SUBJECT_INDEX
from tests.projections.history import History
from tests.projections.replay.story import COOPERATIVE, COUNTY, DOCUMENT, TOWNSHIP, Story

YEAR = date(2020, 1, 1)
ABOVE = "粤测财农〔2020〕9号"
CUT_OFF = date(2021, 3, 31)

RandomRow = tuple[str, dict[str, Any]]

days = st.integers(0, 365).map(lambda offset: YEAR + timedelta(days=offset))
amounts = st.integers(1, 10_000)
names = st.sampled_from(("测试甲", "测试乙", "测试丙"))
households = st.sampled_from(("H-0001", "H-0002"))


def _of(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[RandomRow]:
    return st.fixed_dictionaries(fields).map(lambda row: (kind, row))


rows: st.SearchStrategy[list[RandomRow]] = st.lists(
    st.one_of(
        _of(
            "payment",
            name=names,
            fen=amounts,
            day=days,
            keyed_on=st.none() | days,
            household_no=st.none() | households,
            quarantined=st.booleans(),
            document=st.none() | st.just(DOCUMENT),
            back=st.none() | days,
            reversed=st.booleans(),
        ),
        _of(
            "roster",
            name=names,
            household_no=households,
            day=days,
            registered_on=st.none() | days,
            exited_on=st.none() | days,
            in_a_later_file=st.booleans(),
        ),
        _of(
            "loan",
            name=names,
            household_no=households,
            day=days,
            repaid_fen=st.none() | st.integers(1, 20),
            subsidy_fen=st.none() | amounts,
            settled_later=st.booleans(),
        ),
        _of("dividend", name=names, household_no=households, fen=amounts, day=days),
        _of("receipt", fen=amounts, day=days),
        _of(
            "allocation",
            entry_kind=st.sampled_from(("到达", "分解", "拨付")),
            fen=amounts,
            day=days,
            orgs=st.permutations((COUNTY, TOWNSHIP, COOPERATIVE)),
            document=st.sampled_from((DOCUMENT, ABOVE)),
            parent=st.none() | st.just(ABOVE),
        ),
    ),
    max_size=25,
)


@contextmanager
def told(some: Sequence[RandomRow]) -> Iterator[Story]:
    """A story of `some` rows, behind the registers that they refer to."""
    with TemporaryDirectory() as folder:
        history = History(Path(folder))
        story = Story(history)
        story.finances()
        story.sign(reserve_ppm=70_000)
        story.package("PKG-1", CUT_OFF)
        for number, (kind, row) in enumerate(some):
            TELL[kind](story, number, row)
        yield story
        history.close()


def subjects(story: Story) -> list[str]:
    """Every subject of the story whose kind has a history."""
    with story.history.project().connect() as connection:
        named = connection.execute(select(SUBJECT_INDEX.c.kind, SUBJECT_INDEX.c.value).distinct()).all()
    return sorted(f"{kind}:{value}" for kind, value in named if kind in SUBJECTS)


def _pay(story: Story, number: int, row: dict[str, Any]) -> None:
    story.pay(
        f"PAY{number}",
        row["name"],
        row["fen"],
        row["day"],
        household_no=row["household_no"],
        quarantine=("E-ID:id_no",) if row["quarantined"] else (),
        quota_doc_no=row["document"],
        keyed_on=row["keyed_on"],
        known_on=row["keyed_on"],
    )
    if row["back"]:
        kind = "冲正" if row["reversed"] else "退票"
        story.give_back(f"PAY{number}", row["fen"], max(row["back"], row["day"]), return_kind=kind)


def _stand(story: Story, number: int, row: dict[str, Any]) -> None:
    included_on, registered_on = row["day"] - timedelta(days=number), row["registered_on"]
    stood: dict[str, Any] = {"included_on": included_on, "registered_on": registered_on, "relation": "其他"}
    exits: dict[str, Any] = {}
    if row["exited_on"]:
        exits = {"exited_on": max(row["exited_on"], included_on), "exit_kind": "脱贫"}
    at_once = {} if row["in_a_later_file"] else exits
    story.stand(row["name"], row["household_no"], known_on=registered_on, **stood, **at_once)
    if exits and row["in_a_later_file"]:
        exited_on = exits["exited_on"]
        event = MemberChanged if number % 2 else HouseholdExited
        known_on = max(exited_on, registered_on) if registered_on else None
        story.stand(row["name"], row["household_no"], event, occurred_on=exited_on, known_on=known_on, **stood, **exits)


def _lend(story: Story, number: int, row: dict[str, Any]) -> None:
    loan_no, settled_on = f"JJ-{number}", row["day"] + timedelta(days=60)
    terms: dict[str, Any] = {
        "household_no": row["household_no"],
        "issued_on": row["day"],
        "interest_subsidy_fen": row["subsidy_fen"],
        "correlation_id": "PKG-1",
    }
    part: dict[str, Any] = {}
    if row["repaid_fen"]:
        part = {"repaid_on": row["day"] + timedelta(days=30), "repaid_fen": row["repaid_fen"]}
    story.lend(loan_no, row["name"], **terms, **part)
    if row["settled_later"]:
        whole = {"repaid_on": settled_on, "repaid_fen": 5_000_000, "settled_on": settled_on, "status": "结清"}
        story.lend(loan_no, row["name"], LoanRepaid, **terms, **whole, occurred_on=settled_on)


def _distribute(story: Story, number: int, row: dict[str, Any]) -> None:
    story.distribute(f"DIV{number}", row["name"], row["fen"], row["day"], household_no=row["household_no"])


def _receive(story: Story, number: int, row: dict[str, Any]) -> None:
    story.receive(f"DS{number}", row["fen"], row["day"])


def _allocate(story: Story, number: int, row: dict[str, Any]) -> None:
    from_org, to_org, _ = row["orgs"]
    story.allocate(
        f"ZB-{number}",
        row["entry_kind"],
        row["fen"],
        row["day"],
        from_org=from_org,
        to_org=to_org,
        quota_doc_no=row["document"],
        parent_doc_no=row["parent"] if row["entry_kind"] == "到达" else None,
    )


TELL: dict[str, Callable[[Story, int, dict[str, Any]], None]] = {
    "payment": _pay,
    "roster": _stand,
    "loan": _lend,
    "dividend": _distribute,
    "receipt": _receive,
    "allocation": _allocate,
}
