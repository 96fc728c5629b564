"""What anybody may have to check a notice: enough to trust nobody, and nothing that names more than the notice does."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from api.app import create_app
from api.entries import Entry, enter
from api.ledger import Ledger
from api.log_keys import retire, rotate
from api.notice_heads import fingerprint, first_covering, notice_head
from api.publishing_heads import publish as publish_head
from audit.log.checkpoint import open_checkpoint
from audit.log.note import Ed25519Verifier, parse_vkey
from audit.merkle import root_of, verify_consistency, verify_inclusion
from audit.seal import leaf_of as entry_leaf_of
from domain.event import BookName
from projections.tables.notices import NOTICE_LINES
from tests.api.hanging import NUMBER, OTHER, publish
from tests.api.offices import CLERK, NAME, PAYEE, furnish, post

PROOF = f"/api/v1/notices/{NUMBER}/proof"


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A furnished township's ledger, with one notice of two lines and no signed head."""
    furnish(empty_ledger)
    assert publish(clerk, empty_ledger).status_code == 201
    return clerk


@pytest.fixture
def anyone(empty_ledger: Ledger) -> Iterator[TestClient]:
    """A client without a token."""
    with TestClient(create_app(empty_ledger)) as client:
        yield client


def sign(ledger: Ledger) -> int:
    """Sign the newest head; gives its size."""
    published = publish_head(ledger, BookName.MONEY)
    assert published is not None
    return published.head.size


def go_on(ledger: Ledger) -> None:
    """One more entry."""
    post(ledger, f"G-9{ledger.money.head.position:03d}", 40, "township_finance")


def raw(encoded: str) -> bytes:
    return base64.b64decode(encoded)


def accept(proof: dict[str, Any]) -> dict[str, Any]:
    """Check a proof with what is not the page; gives what the header states."""
    verifiers = [Ed25519Verifier(parse_vkey(key["vkey"])) for key in proof["keys"]]
    newest, _ = open_checkpoint(proof["newest"].encode(), verifiers)
    root, size = bytes.fromhex(proof["root"]), proof["size"]
    verify_consistency(size, root, newest.size, newest.root, [raw(step) for step in proof["consistency"]])
    header = proof["header"]
    steps = [raw(step) for step in header["inclusion"]]
    verify_inclusion(entry_leaf_of(raw(header["entry"])), header["position"] - 1, size, steps, root)
    stated: dict[str, Any] = json.loads(raw(header["entry"]).split(b"\n", 3)[3])
    assert stated["board_root"] == root_of(bytes.fromhex(line["leaf"]) for line in proof["lines"]).hex()
    return stated


def test_a_notice_under_no_signed_head_is_told_to_be_looked_at_again(office: TestClient, anyone: TestClient) -> None:
    answer = anyone.get(PROOF)

    assert (answer.status_code, answer.json()["code"]) == (409, "E-STATE")
    assert "not yet under a signed head" in answer.json()["detail"]
    assert "尚未有签名的树根" in anyone.get(f"/notices/{NUMBER}").text
    assert "/check#" not in anyone.get(f"/notices/{NUMBER}").text


def test_anybody_gets_a_proof_that_other_code_accepts(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    size = sign(empty_ledger)

    proof = anyone.get(PROOF).json()

    stated = accept(proof)
    assert (proof["size"], proof["state"], proof["origin"]) == (size, "matured", empty_ledger.money.origin)
    assert (stated["notice_no"], stated["line_count"], stated["total_fen"]) == (NUMBER, 2, 50_00)
    told = [json.loads(line["text"]) for line in proof["lines"]]
    assert [(line["line_no"], line["name"], line["amount_fen"], line["period"]) for line in told] == [
        (1, NAME, 30_00, "2020Q2"),
        (2, "测试乙", 20_00, "2020Q1–2020Q2"),
    ]


def test_a_proof_holds_no_reference_no_payment_and_no_entry_of_a_line(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    sign(empty_ledger)

    proof = anyone.get(PROOF)

    shown = proof.text + raw(proof.json()["header"]["entry"]).decode()
    assert not re.search(r"\b[PATD]-[a-z2-7]{16}\b", shown)
    for secret in (PAYEE, "household_no", "payment_refs", "sealed", "commitments", "notice-line-posted"):
        assert secret not in shown, secret


def test_a_proof_is_for_the_tree_that_the_paper_tells_and_leads_to_the_newest(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    first = sign(empty_ledger)
    on_paper = anyone.get(PROOF).json()
    go_on(empty_ledger)
    newest = sign(empty_ledger)

    named = anyone.get(PROOF).json()
    newer = anyone.get(PROOF, params={"size": newest}).json()

    for proof, size in ((on_paper, first), (named, first), (newer, newest)):
        assert accept(proof)["notice_no"] == NUMBER
        assert proof["size"] == size
    assert named["root"] == on_paper["root"] != newer["root"]
    assert (named["note"], named["newest"]) == (on_paper["newest"], newer["newest"])


@pytest.mark.parametrize("size", ["1", "99999"])
def test_a_tree_that_does_not_cover_the_notice_or_was_never_signed_has_no_proof(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger, size: str
) -> None:
    sign(empty_ledger)

    assert anyone.get(PROOF, params={"size": size}).status_code == 404
    assert anyone.get("/api/v1/notices/GG-none/proof").status_code == 404


def test_an_answer_is_not_sent_again_until_another_head_is_signed(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    sign(empty_ledger)
    tag = {"If-None-Match": anyone.get(PROOF).headers["etag"]}

    again = anyone.get(PROOF, headers=tag)
    go_on(empty_ledger)
    sign(empty_ledger)
    later = anyone.get(PROOF, headers=tag)

    assert (again.status_code, again.content, later.status_code) == (304, b"", 200)


def test_a_changed_row_of_the_views_no_longer_fits_what_was_sealed(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    sign(empty_ledger)
    whole = anyone.get(PROOF).json()["lines"]
    with empty_ledger.engine.begin() as connection:
        connection.execute(update(NOTICE_LINES.table).where(NOTICE_LINES.c.line_no == 2).values(whole_fen=90_00))

    changed = anyone.get(PROOF).json()["lines"]

    assert changed[0] == whole[0]
    assert changed[1]["leaf"] == whole[1]["leaf"]
    assert json.loads(changed[1]["text"])["amount_fen"] == 90_00


def test_of_an_erased_person_only_the_leaf_is_left_and_the_rest_still_adds_up(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    sign(empty_ledger)
    before = anyone.get(PROOF).json()
    references = {entry.state for entry in empty_ledger.money.read() if entry.topic == "notice-line-posted/v1"}
    [ref] = [json.loads(state)["id_no"] for state in references if json.loads(state)["line_no"] == 1]

    empty_ledger.vault.erase([ref])

    after = anyone.get(PROOF).json()
    assert after["lines"][0] == before["lines"][0] | {"salt": None, "text": None}
    assert after["lines"][1] == before["lines"][1]
    assert accept(after)["line_count"] == 2
    assert NAME not in anyone.get(PROOF).text


def test_a_header_with_a_sealed_text_is_withheld_and_an_imported_line_has_no_leaf(
    empty_ledger: Ledger, clerk: TestClient
) -> None:
    furnish(empty_ledger)
    header = {
        "notice_no": OTHER,
        "level": "村",
        "kind": "公示",
        "subject_kind": "补贴",
        "programme": "职业培训补贴",
        "place": "村务公开栏",
        "from": "2020-05-20",
        "until": "2020-05-30",
        "text": f"{NAME} 600.00",
    }
    line = {
        "notice_no": OTHER,
        "line_no": "1",
        "name": NAME,
        "id_no": PAYEE,
        "period_from": "2020Q2",
        "amount": "600.00",
    }
    enter(empty_ledger, Entry("notices", CLERK, header))
    enter(empty_ledger, Entry("notice_lines", CLERK, line))
    sign(empty_ledger)

    proof = clerk.get(f"/api/v1/notices/{OTHER}/proof").json()

    assert proof["header"] is None
    [told] = proof["lines"]
    assert (told["leaf"], told["salt"]) == (None, None)
    assert json.loads(told["text"])["amount_fen"] == 600_00


def test_a_damaged_tile_is_told_and_nothing_is_proven_with_it(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    sign(empty_ledger)
    for tile in (empty_ledger.folder.logs / "money" / "tile" / "0").rglob("*"):
        if tile.is_file():
            tile.write_bytes(bytes(len(tile.read_bytes())))

    answer = anyone.get(PROOF)

    assert (answer.status_code, answer.json()["code"]) == (422, "E-PROOF")


def test_the_first_head_that_covers_a_notice_stays_on_it_while_others_are_signed(
    office: TestClient, empty_ledger: Ledger
) -> None:
    last = empty_ledger.money.head.position
    assert notice_head(empty_ledger, last) is None
    first = sign(empty_ledger)
    on_paper = notice_head(empty_ledger, last)
    go_on(empty_ledger)
    newest = sign(empty_ledger)

    assert on_paper is not None
    assert on_paper == notice_head(empty_ledger, last)
    assert on_paper.size == first < newest
    assert notice_head(empty_ledger, None) is None
    later = notice_head(empty_ledger, newest)
    assert later is not None
    assert later.size == newest
    assert notice_head(empty_ledger, newest + 1) is None


def test_a_remembered_head_that_was_damaged_or_lost_gives_way_to_a_later_one(
    office: TestClient, empty_ledger: Ledger
) -> None:
    last = empty_ledger.money.head.position
    sign(empty_ledger)
    notice_head(empty_ledger, last)
    go_on(empty_ledger)
    newest = sign(empty_ledger)
    remembered = empty_ledger.folder.logs / "money" / "noticed" / str(last)

    for damage in (lambda: remembered.write_bytes(b"nothing"), remembered.unlink):
        damage()
        found = first_covering(empty_ledger, last)
        assert found is not None
        assert found.head.size == newest


def test_many_readers_at_once_and_a_folder_that_cannot_be_written_are_all_shown_a_head(
    office: TestClient, empty_ledger: Ledger
) -> None:
    last, size = empty_ledger.money.head.position, sign(empty_ledger)

    with ThreadPoolExecutor(8) as readers:
        found = list(readers.map(lambda _: first_covering(empty_ledger, last), range(64)))
    shutil.rmtree(empty_ledger.folder.logs / "money" / "noticed")
    (empty_ledger.folder.logs / "money" / "noticed").write_bytes(b"a file in its place")
    in_the_way = first_covering(empty_ledger, size)

    assert {published.head.size for published in found if published} == {size}
    assert None not in found
    assert in_the_way is not None
    assert in_the_way.head.size == size


def test_paper_names_the_newest_key_that_signed_its_head(office: TestClient, empty_ledger: Ledger) -> None:
    sign(empty_ledger)
    older = notice_head(empty_ledger, empty_ledger.money.head.position)
    rotate(empty_ledger, BookName.MONEY)
    sign(empty_ledger)
    during = notice_head(empty_ledger, empty_ledger.money.head.position)
    assert older is not None
    assert during is not None
    retire(empty_ledger, BookName.MONEY, older.key.key_id.hex())
    sign(empty_ledger)

    after = notice_head(empty_ledger, empty_ledger.money.head.position)

    assert after is not None
    assert older.key != during.key == after.key
    assert during.fingerprint == fingerprint(during.key.vkey) != older.fingerprint
    assert re.fullmatch(r"[0-9a-f]{40}", during.fingerprint)


def test_the_code_on_the_page_says_what_the_head_says_and_nothing_of_it_reaches_a_server(
    office: TestClient, anyone: TestClient, empty_ledger: Ledger
) -> None:
    sign(empty_ledger)
    head = notice_head(empty_ledger, empty_ledger.money.head.position)
    assert head is not None

    page = anyone.get(f"/notices/{quote(NUMBER)}").text

    assert f'href="/check#{head.fragment(NUMBER).replace("&", "&amp;")}"' in page
    assert " ".join(head.root[at : at + 4] for at in range(0, 64, 4)) in page
    assert " ".join(head.fingerprint[at : at + 4] for at in range(0, 40, 4)) in page
    assert len(head.fragment(NUMBER)) < 400
