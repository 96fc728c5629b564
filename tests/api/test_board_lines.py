"""The lines of a notice as they are sealed for everybody to check: alike by list and by hand, and erased for good."""

import json
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from api.board import printed
from api.board_lines import bearer, board_root, leaf_of, salt_of, text_of
from api.ledger import Ledger
from audit.merkle import root_of
from domain.catalogue import load
from domain.notice import NoticeLinePosted, NoticePublished
from projections.notices import listed, shown
from tests.api.hanging import NUMBER, publish
from tests.api.offices import NAME, furnish

LINE = {
    "line_no": 7,
    "village": "测试一村",
    "hamlet": None,
    "name": "测试甲",
    "id_no": "440899********11**",
    "programme": "职业培训补贴",
    "standard_fen": None,
    "quantity": 1,
    "period": "2020Q2",
    "amount_fen": 600_00,
    "household_no": "H-0001",
}

FROZEN_LEAF = "1561393c92b417adf3b312d928fce9fef4496a28c4c88c16cf56d0c27ef86559"
"""What stands in ledgers: no version may come to another."""


def sealed(ledger: Ledger, notice_no: str) -> tuple[NoticePublished, list[NoticeLinePosted]]:
    """The header and the lines of a notice, as they were sealed."""
    events = [load(entry.topic, entry.state) for entry in ledger.money.read()]
    [header] = [event for event in events if isinstance(event, NoticePublished) and event.notice_no == notice_no]
    lines = [event for event in events if isinstance(event, NoticeLinePosted) and event.notice_no == notice_no]
    return header, lines


def hanging(ledger: Ledger) -> str:
    """The notice with the most lines among those that hang; other tests may have hung some too."""
    with ledger.engine.connect() as connection:
        numbers = [str(header["notice_no"]) for header in listed(connection)]
    return max(numbers, key=lambda number: len(sealed(ledger, number)[1]))


def test_a_line_is_hashed_as_everybody_sees_it_and_without_what_nobody_sees() -> None:
    text = text_of(LINE)

    assert text == (
        '{"amount_fen":60000,"id_no":"440899********11**","line_no":7,"name":"测试甲","period":"2020Q2",'
        '"programme":"职业培训补贴","quantity":1,"village":"测试一村"}'
    )
    assert leaf_of("ab" * 16, text) == sha256(b"\x00" + b"\xab" * 16 + text.encode()).digest()
    assert leaf_of("ab" * 16, text).hex() == FROZEN_LEAF


@pytest.mark.parametrize("source", ["list", "hand"])
def test_what_hangs_is_what_the_header_seals_however_it_was_published(
    request: pytest.FixtureRequest, source: str
) -> None:
    ledger: Ledger = request.getfixturevalue("ledger" if source == "list" else "empty_ledger")
    if source == "hand":
        furnish(ledger)
        publish(request.getfixturevalue("clerk"), ledger)
    notice_no = hanging(ledger)
    with ledger.engine.connect() as connection:
        told = shown(connection, notice_no)

    stated, lines = sealed(ledger, notice_no)
    subjects = ledger.vault.subjects({bearer(line) or "" for line in lines})
    found = [
        leaf_of(salt_of(line, subjects[bearer(line) or ""]), text_of(row))
        for line, row in zip(lines, printed(ledger, told)["lines"], strict=True)
    ]

    assert [leaf.hex() for leaf in found] == [line.board_leaf for line in lines]
    assert stated.board_root == board_root(lines) == root_of(found).hex()
    assert stated.line_count == len(lines) > 1


def test_two_lines_that_say_the_same_have_different_salts_and_none_is_that_of_its_entry(ledger: Ledger) -> None:
    _, lines = sealed(ledger, hanging(ledger))
    subjects = ledger.vault.subjects({bearer(line) or "" for line in lines})

    salts = [salt_of(line, subjects[bearer(line) or ""]) for line in lines]

    assert len(set(salts)) == len(lines)
    assert {len(salt) for salt in salts} == {32}
    assert not {line.salt for line in lines} & set(salts)
    entries = b"".join(entry.entry for entry in ledger.money.read()).decode()
    assert not [salt for salt in salts if salt in entries]


def test_a_line_that_names_nobody_has_a_salt_of_its_own(ledger: Ledger) -> None:
    _, [line, *_] = sealed(ledger, hanging(ledger))

    assert (
        salt_of(line, None)
        == salt_of(line, None)
        != salt_of(line, ledger.vault.subjects([line.id_no or ""])[line.id_no or ""])
    )


def test_whoever_is_erased_takes_the_salt_along(empty_ledger: Ledger, clerk: TestClient) -> None:
    furnish(empty_ledger)
    publish(clerk, empty_ledger)
    _, [line, *_] = sealed(empty_ledger, NUMBER)
    key = empty_ledger.vault.subjects([bearer(line) or ""])[bearer(line) or ""].data_key

    empty_ledger.vault.erase([bearer(line) or ""])

    assert empty_ledger.vault.subjects([bearer(line) or ""]) == {}
    assert NAME not in json.dumps(clerk.get(f"/api/v1/notices/{NUMBER}").json(), ensure_ascii=False)
    assert key != b""


def test_a_withdrawal_and_a_closing_keep_the_root_that_was_sealed(empty_ledger: Ledger, clerk: TestClient) -> None:
    furnish(empty_ledger)
    publish(clerk, empty_ledger)
    closed = clerk.post(f"/api/v1/notices/{NUMBER}/close", json={"actor": "G-0003"})

    events = [load(entry.topic, entry.state) for entry in empty_ledger.money.read()]
    roots = {getattr(event, "board_root", "") for event in events if getattr(event, "notice_no", "") == NUMBER} - {""}

    assert closed.status_code == 200
    assert len(roots) == 1
