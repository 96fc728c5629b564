"""Persons who may be one, from their rows to the entries: each pair once, whatever breaks off, and nothing personal."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api import importing
from api.examining import examine
from api.importing import finish_interrupted, import_path
from api.ledger import Ledger
from api.likenesses import tell_likenesses
from api.verifying import verify_ledger
from domain.catalogue import load
from domain.event import BookName
from domain.person import PersonsMayBeOne
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.persons import PERSONS_MAY_BE_ONE
from tests.api.offices import OFFICE, enter_row, furnish
from tests.journeys.making_lists import MANIFEST, NO_EXIT, account_no, write_list
from vault.vault import PERSON

OLD_NUMBER, NEW_NUMBER, NEAR, FAR = (
    "440899680305117",
    "440899196803051173",
    "440899196803051181",
    "440899197109222264",
)
NAME = "测试甲"


class PowerCut(BaseException):
    """What ends the work in the middle."""


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """An empty ledger of either engine."""
    opened: Ledger = request.getfixturevalue("empty_ledger" if request.param == "files" else "ledger_in_a_database")
    return opened


def listed(id_no: str, household: str, **changes: Any) -> dict[str, Any]:
    """A row of 花名册 about 测试甲, of a household and with a telephone of its own."""
    return {**NO_EXIT, "id_no": id_no, "household_no": household, "phone": f"0759-{household[-1] * 7}", **changes}


def roster(folder: Path, *rows: dict[str, Any]) -> Path:
    """A package of one roster."""
    write_list(folder, "manifest", MANIFEST | {"package_id": folder.name})
    write_list(folder, "roster", *rows)
    return folder


def taken(ledger: Ledger, package: Path) -> dict[str, int]:
    """Import, without a problem; gives how many rows of each sheet went in."""
    answer = import_path(ledger, package).answer
    return {file["key"]: file["rows_taken"] for file in answer["files"]}


def told(ledger: Ledger) -> list[PersonsMayBeOne]:
    """The pairs that the ledger holds."""
    entries = [entry for entry in ledger.money.read() if entry.topic == PersonsMayBeOne.TOPIC]
    events = [load(entry.topic, entry.state) for entry in entries]
    return [event for event in events if isinstance(event, PersonsMayBeOne)]


def by_number(ledger: Ledger, events: Sequence[PersonsMayBeOne]) -> Counter[tuple[frozenset[str], str]]:
    numbers = ledger.vault.numbers(ref for event in events for ref in (event.first_id, event.second_id))
    return Counter((frozenset({numbers[one.first_id], numbers[one.second_id]}), one.likeness) for one in events)


def pair(one: str, other: str, likeness: str) -> tuple[frozenset[str], str]:
    return frozenset({one, other}), likeness


TWINS = pair(OLD_NUMBER, NEW_NUMBER, "twin")
SLIP = pair(NEW_NUMBER, NEAR, "near_id")
OLD_SLIP = pair(OLD_NUMBER, NEAR, "near_id")
HOUSE = pair(NEAR, FAR, "same_household")
FOUR = (
    listed(OLD_NUMBER, "H-0001"),
    listed(NEW_NUMBER, "H-0002"),
    listed(NEAR, "H-0003"),
    listed(FAR, "H-0003", phone=""),
)


def test_a_roster_tells_of_twins_of_near_numbers_and_of_one_name_twice_in_a_household(
    ledger: Ledger, tmp_path: Path
) -> None:
    counts = taken(ledger, roster(tmp_path / "one", *FOUR))

    events = told(ledger)

    assert counts == {"manifest": 1, "roster": 4}
    assert by_number(ledger, events) == Counter([TWINS, SLIP, OLD_SLIP, HOUSE])
    for event in events:
        assert event.first_id < event.second_id
        assert (event.kind.value, event.actor, event.correlation_id) == ("fact", "system", "one")
        assert event.occurred_on.isoformat() == "2021-03-31"
    with ledger.engine.connect() as connection:
        table = PERSONS_MAY_BE_ONE.c
        rows = connection.execute(select(table.first_id, table.second_id, table.likeness)).fetchall()
    assert {(one.first_id, one.second_id, one.likeness) for one in events} == {tuple(row) for row in rows}
    assert verify_ledger(ledger.folder.path)["ok"]


def test_what_is_told_names_nobody_and_stands_under_both_persons_in_the_index(ledger: Ledger, tmp_path: Path) -> None:
    taken(ledger, roster(tmp_path / "one", *FOUR))
    entries = [entry for entry in ledger.money.read() if entry.topic == PersonsMayBeOne.TOPIC]

    states = b"".join(entry.state for entry in entries)

    assert not [text for text in (NAME, NEW_NUMBER[:10], "0759", "H-000") if text.encode() in states]
    index = SUBJECT_INDEX.c
    with ledger.engine.connect() as connection:
        for entry, event in zip(entries, told(ledger), strict=True):
            named = connection.execute(select(index.kind, index.value).where(index.position == entry.position))
            assert {tuple(row) for row in named} == {("person", event.first_id), ("person", event.second_id)}


def test_the_second_of_a_pair_may_come_in_another_sheet_of_another_package_and_a_third_tells_nothing_new(
    ledger: Ledger, tmp_path: Path
) -> None:
    taken(ledger, roster(tmp_path / "one", listed(NEW_NUMBER, "H-0001")))
    alone = told(ledger)
    payroll = {"id_no": NEAR, "name": "测试　甲"}
    taken(ledger, write_list(tmp_path / "two", "payroll", payroll))
    second = told(ledger)

    taken(
        ledger,
        roster(tmp_path / "three", listed(NEAR, "H-0009"), listed(NEW_NUMBER, "H-0001", included_on="2020-05-01")),
    )

    assert alone == []
    assert by_number(ledger, second) == Counter([SLIP])
    assert told(ledger) == second


def test_in_batches_of_one_row_the_same_pairs_are_told(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    monkeypatch.setattr("api.likenesses.AT_ONCE", 1)

    taken(ledger, roster(tmp_path / "one", *reversed(FOUR)))

    assert by_number(ledger, told(ledger)) == Counter([TWINS, SLIP, OLD_SLIP, HOUSE])


def test_an_own_account_in_common_counts_and_one_that_premiums_are_paid_into_does_not(
    empty_ledger: Ledger, tmp_path: Path
) -> None:
    furnish(empty_ledger)
    own = {"account_no": account_no(7), "household_no": "", "village": "测试一村"}
    paid = [
        {**own, "id_no": number, "bank_ref": f"REF-{number}-{channel}", "claim_no": "", "channel": channel}
        for number in (NEW_NUMBER, FAR)
        for channel in ("代缴", "现金")
    ]
    write_list(tmp_path / "one", "subsidy_payments", *paid)
    import_path(empty_ledger, tmp_path / "one")
    on_behalf = told(empty_ledger)

    cards = [{**row, "bank_ref": f"CARD-{row['id_no']}", "channel": "卡"} for row in paid]
    write_list(tmp_path / "two", "subsidy_payments", cards[0], cards[2])
    import_path(empty_ledger, tmp_path / "two")

    assert on_behalf == []
    assert by_number(empty_ledger, told(empty_ledger)) == Counter([pair(NEW_NUMBER, FAR, "same_account")])


def test_rows_that_are_set_aside_show_nobody(empty_ledger: Ledger, tmp_path: Path) -> None:
    wrong = NEAR[:-1] + "X"
    answer = import_path(empty_ledger, roster(tmp_path / "one", listed(NEW_NUMBER, "H-1"), listed(wrong, "H-1"))).answer

    assert [file["rows_quarantined"] for file in answer["files"] if file["key"] == "roster"] == [1]
    assert told(empty_ledger) == []


@pytest.mark.parametrize("before", ["the telling", "it is remembered as told"])
def test_pairs_that_a_crash_left_untold_are_told_by_the_next_start_and_none_twice(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as cutting:
        if before == "the telling":
            cutting.setattr(importing, "tell_likenesses", cut)
        else:
            cutting.setattr(ledger.vault.likenesses, "told", cut)
        with pytest.raises(PowerCut):
            import_path(ledger, roster(tmp_path / "one", *FOUR))
    recorded = len(told(ledger))

    finished = finish_interrupted(ledger)
    again = taken(ledger, tmp_path / "one")

    assert (recorded, finished) == (0 if before == "the telling" else 4, 1)
    assert by_number(ledger, told(ledger)) == Counter([TWINS, SLIP, OLD_SLIP, HOUSE])
    assert again == {"manifest": 0, "roster": 0}
    assert ledger.vault.likenesses.untold(10) == []


def test_whoever_tells_the_same_pairs_at_once_is_second_and_tells_the_rest(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as silent:
        silent.setattr(importing, "tell_likenesses", lambda *_, **__: None)
        taken(ledger, roster(tmp_path / "one", *FOUR))
    append = ledger.append
    with Ledger.open(ledger.folder.path) as another:

        def after_the_other(book: BookName, events: Any) -> range:
            tell_likenesses(another)
            return append(book, events)

        monkeypatch.setattr(ledger, "append", after_the_other)
        second = tell_likenesses(ledger)

    assert second == 0
    assert by_number(ledger, told(ledger)) == Counter([TWINS, SLIP, OLD_SLIP, HOUSE])


def test_a_row_that_is_entered_by_hand_tells_of_its_pair_at_once(empty_ledger: Ledger, tmp_path: Path) -> None:
    furnish(empty_ledger)
    taken(empty_ledger, roster(tmp_path / "one", listed(NEW_NUMBER, "H-0001")))
    by_hand = {"relation": "户主", "category": "脱贫户", "included_on": "2020-01-01", "village": "测试一村"}

    enter_row(empty_ledger, "roster", OFFICE, id_no=NEAR, name=NAME, head_name=NAME, household_no="H-0002", **by_hand)

    assert by_number(empty_ledger, told(empty_ledger)) == Counter([SLIP])


def test_after_an_erasure_the_entry_stands_the_vault_knows_nothing_and_a_new_reference_makes_a_new_pair(
    ledger: Ledger, tmp_path: Path
) -> None:
    taken(ledger, roster(tmp_path / "one", listed(NEW_NUMBER, "H-0001"), listed(NEAR, "H-0002")))
    [before] = told(ledger)
    erased = ledger.vault.find(PERSON, [NEAR])[NEAR].ref

    ledger.vault.erase([erased])
    standing = told(ledger)
    taken(ledger, write_list(tmp_path / "two", "payroll", {"id_no": NEAR, "name": NAME}))

    [first, second] = told(ledger)
    assert standing == [before] == [first]
    assert erased in {first.first_id, first.second_id}
    assert {second.first_id, second.second_id} == {
        subject.ref for subject in ledger.vault.find(PERSON, [NEW_NUMBER, NEAR]).values()
    }


def test_doctor_says_that_somebody_was_not_compared_with_too_many(
    empty_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vault.likeness.LARGEST_BLOCK", 1)
    taken(empty_ledger, roster(tmp_path / "one", listed(NEW_NUMBER, "H-0001"), listed(FAR, "H-0001")))

    said = [ailment.what for ailment in examine(empty_ledger.folder.path)]

    assert [what for what in said if "2 times somebody was not compared" in what]
    assert told(empty_ledger) == []
