"""The public log over the wire: what any C2SP client reads, who may read entries, and what is told of all else."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.access import FAILURES_ALLOWED
from api.app import create_app
from api.ledger import Ledger
from api.log_keys import log_vkeys
from api.publishing_heads import publish
from api.rest.public_log import takes_gzip
from audit.log.note import Ed25519Verifier, parse_vkey
from audit.log.receipt import parse_receipt, verify_receipt
from domain.event import BookName
from tests.api.keeping_logs import SIGNER, Shelf
from tests.audit.log.naive_reader import read_head, read_log

YEAR = "max-age=31536000, immutable"


@pytest.fixture
def app(empty_ledger: Ledger) -> Iterator[FastAPI]:
    """The application of a ledger of which nothing is published yet."""
    made = create_app(empty_ledger)
    with TestClient(made):
        yield made


@pytest.fixture
def stranger(app: FastAPI) -> TestClient:
    """A client without a token."""
    return TestClient(app)


@pytest.fixture
def mirror(app: FastAPI, empty_ledger: Ledger) -> TestClient:
    """A client with the mirror's token."""
    token = empty_ledger.folder.mirror_token(empty_ledger.randomness)
    return TestClient(app, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def keeper_of_it(app: FastAPI, empty_ledger: Ledger) -> TestClient:
    """A client with the keeper's token."""
    return TestClient(app, headers={"Authorization": f"Bearer {empty_ledger.keeper_token}"})


@pytest.fixture
def shelf(app: FastAPI, tmp_path: Path) -> Iterator[Shelf]:
    """Books of any size whose log the application serves in place of the ledger's."""
    made = Shelf.made(tmp_path / "shelf")
    app.state.logs[BookName.MONEY] = made.log
    yield made
    made.close()


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000])
def test_a_reader_that_is_not_ours_reads_the_whole_log_over_the_wire(
    mirror: TestClient, shelf: Shelf, size: int
) -> None:
    shelf.fill(size).log.publish([SIGNER])

    def fetch(path: str) -> bytes:
        answer = mirror.get(f"/log/money/{path}")
        assert answer.status_code == 200, path
        return answer.content

    log = read_log(fetch, read_head(fetch("checkpoint"), SIGNER.vkey))
    assert log.head.size == size
    assert log.entries == [sealed.entry for sealed in shelf.money.read()]


@pytest.mark.parametrize("book", BookName)
def test_both_books_of_a_ledger_are_served_under_their_own_names(
    stranger: TestClient, empty_ledger: Ledger, book: BookName
) -> None:
    published = publish(empty_ledger, book)

    answer = stranger.get(f"/log/{book}/checkpoint")

    assert published is not None
    assert answer.text == published.note
    [key] = log_vkeys(empty_ledger, book)
    head = read_head(answer.content, key.vkey)
    assert head == (empty_ledger.book(book).origin, empty_ledger.book(book).head.position, published.checkpoint.root)


def test_the_checkpoint_is_never_cached_and_a_tile_for_a_year(
    stranger: TestClient, mirror: TestClient, shelf: Shelf
) -> None:
    shelf.fill(300).log.publish([SIGNER])

    checkpoint = stranger.get("/log/money/checkpoint")
    tiles = [stranger.get(f"/log/money/tile/{place}") for place in ("0/000", "0/001.p/44", "0/000.p/7", "1/000.p/1")]
    bundle = mirror.get("/log/money/tile/entries/001.p/44")

    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["cache-control"] == "no-store"
    for tile in tiles:
        assert tile.headers["content-type"] == "application/octet-stream"
        assert tile.headers["cache-control"] == f"public, {YEAR}"
        assert tile.headers["x-content-type-options"] == "nosniff"
    assert [len(tile.content) // 32 for tile in tiles] == [256, 44, 7, 1]
    assert bundle.headers["cache-control"] == f"private, {YEAR}"


def test_entries_are_for_the_mirror_and_the_keeper_and_for_nobody_else(
    stranger: TestClient, mirror: TestClient, keeper_of_it: TestClient, shelf: Shelf
) -> None:
    shelf.fill(3).log.publish([SIGNER])

    refused = stranger.get("/log/money/tile/entries/000.p/3")

    assert (refused.status_code, refused.json()["code"]) == (401, "E-AUTH")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.headers["cache-control"] == "no-store"
    assert stranger.get("/log/money/tile/entries/000.p/3", headers={"Authorization": "Bearer "}).status_code == 401
    for allowed in (mirror, keeper_of_it):
        assert allowed.get("/log/money/tile/entries/000.p/3").status_code == 200


def test_the_mirrors_token_opens_entries_and_nothing_that_is_the_keepers(
    mirror: TestClient, empty_ledger: Ledger
) -> None:
    publish(empty_ledger, BookName.MONEY)

    for path in ("/api/v1/events", "/api/v1/events/1/proof", "/api/v1/balances"):
        assert mirror.get(path).status_code == 401


def test_a_mirror_that_asks_much_is_not_taken_for_somebody_who_guesses(mirror: TestClient, shelf: Shelf) -> None:
    shelf.fill(3).log.publish([SIGNER])

    answers = {mirror.get("/log/money/tile/entries/000.p/3").status_code for _ in range(3 * FAILURES_ALLOWED)}

    assert answers == {200}


def test_whoever_guesses_at_the_mirrors_token_is_slowed_down(stranger: TestClient, shelf: Shelf) -> None:
    shelf.fill(3).log.publish([SIGNER])

    wrong = [
        stranger.get("/log/money/tile/entries/000.p/3", headers={"Authorization": f"Bearer {number:032}"}).status_code
        for number in range(FAILURES_ALLOWED + 1)
    ]

    assert wrong == [401] * FAILURES_ALLOWED + [429]


def test_the_mirrors_token_is_made_once_and_readable_by_its_owner_alone(empty_ledger: Ledger, app: FastAPI) -> None:
    file = empty_ledger.folder.keys / "mirror.token"

    token = empty_ledger.folder.mirror_token(empty_ledger.randomness)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(bytes.fromhex(token)) == 16
    assert app.state.door.admits_mirror(token)
    assert [path.name for path in empty_ledger.folder.keys.glob("mirror*")] == ["mirror.token"]


def test_an_empty_token_of_a_mirror_stops_the_server_instead_of_letting_everybody_in(empty_ledger: Ledger) -> None:
    (empty_ledger.folder.keys / "mirror.token").write_text("\n", encoding="ascii")

    with pytest.raises(ValueError, match="mirror's token is empty"):
        create_app(empty_ledger)


NO_TILES = (
    *("0/002", "0/001.p/45", "1/000", "2/000.p/1", "3/000"),
    *("00/000", "64/000", "-1/000", "0/0", "0/0000", "0/x000/001", "0/000.p/0", "0/000.p/256", "0/000/", "0/٠٠٠"),
    *("", "0", "0/", "checkpoint", "../signed", "..%2fsigned", "0/000%00", "0/%2e%2e/%2e%2e/signed", "0/000.new"),
    *("entries", "Entries/000", "entries/002", "entries/001.p/45", "entries/0", "entries/", "x" * 3_000),
)
"""Of a log of 300 entries: beyond its end, written otherwise, or no tiles at all."""


def test_what_is_no_tile_of_the_published_tree_is_not_there(mirror: TestClient, shelf: Shelf) -> None:
    shelf.fill(300).log.publish([SIGNER])

    answers = {place: mirror.get(f"/log/money/tile/{place}") for place in NO_TILES}

    assert {place: answer.status_code for place, answer in answers.items() if answer.status_code != 404} == {}
    assert {answer.json()["code"] for answer in answers.values()} == {"E-REF"}
    assert {answer.headers["cache-control"] for answer in answers.values()} == {"no-store"}


def test_nothing_else_of_the_logs_folder_is_served(keeper_of_it: TestClient, shelf: Shelf) -> None:
    shelf.fill(3).log.publish([SIGNER])

    for path in ("money/signed", "money/grown", "money/subject-index.db", "nobody/checkpoint", ""):
        answer = keeper_of_it.get(f"/log/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path


def test_before_the_first_head_there_is_no_checkpoint_and_no_tile(mirror: TestClient) -> None:
    for path in ("checkpoint", "tile/0/000", "tile/entries/000"):
        assert mirror.get(f"/log/money/{path}").status_code == 404


def test_a_tile_that_was_lost_is_told_as_a_changed_history_and_not_as_a_fault(
    stranger: TestClient, shelf: Shelf
) -> None:
    shelf.fill(300).log.publish([SIGNER])
    (shelf.log.folder.path / "tile/0/000").unlink()

    answer = stranger.get("/log/money/tile/0/000")

    assert (answer.status_code, answer.json()["code"]) == (422, "E-PROOF")
    assert "tile/0/000" in answer.json()["detail"]


def test_bundles_are_compressed_for_whoever_takes_that(mirror: TestClient, shelf: Shelf) -> None:
    shelf.fill(300).log.publish([SIGNER])

    plain = mirror.get("/log/money/tile/entries/000", headers={"Accept-Encoding": "identity"})
    short = mirror.get("/log/money/tile/entries/000", headers={"Accept-Encoding": "br, gzip;q=0.5"})

    assert "content-encoding" not in plain.headers
    assert short.headers["content-encoding"] == "gzip"
    assert int(short.headers["content-length"]) < len(plain.content) / 2
    assert short.content == plain.content
    assert "Accept-Encoding" in short.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("*", True),
        ("br", False),
        ("gzip; q=0", False),
        ("gzip;q=0.1", True),
    ],
)
def test_the_encoding_is_chosen_by_what_the_client_says(accepted: str, taken: bool) -> None:  # noqa: FBT001
    assert takes_gzip(accepted) is taken


def test_the_receipt_of_every_accepted_command_is_beside_its_event(
    keeper_of_it: TestClient, empty_ledger: Ledger
) -> None:
    before = keeper_of_it.get("/api/v1/events/1/proof")
    publish(empty_ledger, BookName.MONEY)

    answer = keeper_of_it.get("/api/v1/events/1/proof")

    assert (before.status_code, before.json()["code"], before.headers["retry-after"]) == (409, "E-STATE", "10")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == 'inline; filename="money-1.tlog-proof"'
    [key] = log_vkeys(empty_ledger, BookName.MONEY)
    leaf = bytes.fromhex(keeper_of_it.get("/api/v1/events/1").json()["leaf"])
    head = verify_receipt(parse_receipt(answer.content), leaf, [Ed25519Verifier(parse_vkey(key.vkey))])
    assert head.origin == empty_ledger.money.origin


def test_a_row_that_was_entered_by_hand_has_its_receipt_once_a_head_is_signed(
    keeper_of_it: TestClient, empty_ledger: Ledger
) -> None:
    row = {"place_code": "440899", "place_name": "测试县", "level": "县"}
    position = keeper_of_it.post("/api/v1/entries/places", json={"actor": "keeper", "row": row}).json()["position"]
    address = f"/api/v1/events/{position}"
    before = keeper_of_it.get(f"{address}/proof").status_code
    publish(empty_ledger, BookName.MONEY)

    receipt = parse_receipt(keeper_of_it.get(f"{address}/proof").content)

    assert (before, receipt.leaf_index) == (409, position - 1)
    [key] = log_vkeys(empty_ledger, BookName.MONEY)
    leaf = bytes.fromhex(keeper_of_it.get(address).json()["leaf"])
    verify_receipt(receipt, leaf, [Ed25519Verifier(parse_vkey(key.vkey))])


def test_a_receipt_of_the_supervision_book_is_asked_for_by_its_name(
    keeper_of_it: TestClient, empty_ledger: Ledger
) -> None:
    publish(empty_ledger, BookName.SUPERVISION)

    answer = keeper_of_it.get("/api/v1/events/1/proof", params={"book": "supervision"})

    assert parse_receipt(answer.content).head.origin == empty_ledger.supervision.origin


def test_an_entry_that_the_book_does_not_have_has_no_receipt(keeper_of_it: TestClient, stranger: TestClient) -> None:
    assert keeper_of_it.get("/api/v1/events/900/proof").status_code == 404
    assert keeper_of_it.get("/api/v1/events/0/proof").status_code == 422
    assert stranger.get("/api/v1/events/1/proof").status_code == 401
