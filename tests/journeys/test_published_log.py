"""The sample township's books, published: what the clerk's commands write is checked by a reader that is not ours."""

import hashlib
import re
import signal
import socket
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from audit.log.note import Ed25519Verifier, parse_vkey
from audit.log.receipt import parse_receipt, verify_receipt
from tests.audit.log.naive_reader import Log, mth, proof, read_head, read_log
from tests.journeys.commanding import start, tell

PATIENCE_SECONDS = 60


def vkeys(ledger: Path, book: str = "money") -> list[str]:
    """The keys that `mingzhang keys show` hands out."""
    shown: list[dict[str, Any]] = tell(ledger, "keys", "show", "--book", book, "--json").json
    return [key["vkey"] for key in shown]


def read_folder(folder: Path, vkey: str, *, with_entries: bool = True) -> Log:
    """A log in a folder, read whole."""
    head = read_head((folder / "checkpoint").read_bytes(), vkey)
    return read_log(lambda path: (folder / path).read_bytes(), head, with_entries=with_entries)


def leaf_of_event(event: dict[str, Any]) -> bytes:
    return bytes.fromhex(event["leaf"])


@pytest.mark.parametrize("book", ["money", "supervision"])
def test_the_exported_log_of_the_township_holds_every_event_that_the_ledger_tells(
    township: Path, tmp_path: Path, book: str
) -> None:
    told = tell(township, "log", "export", str(tmp_path / "copy"), "--book", book, "--json")

    log = read_folder(tmp_path / "copy", vkeys(township, book)[0])
    events = tell(township, "events", "--book", book).lines
    assert told.json["size"] == log.head.size == len(events) > 5
    assert (told.json["root"], told.json["with_entries"]) == (log.head.root.hex(), True)
    assert [hashlib.sha256(b"\0" + entry).digest() for entry in log.entries] == [leaf_of_event(one) for one in events]


def test_the_checkpoint_is_printed_as_it_is_signed_and_stays_until_something_is_added(township: Path) -> None:
    first = tell(township, "checkpoint")
    again = tell(township, "checkpoint", "--json")

    head = read_head(first.out.encode(), vkeys(township)[0])
    assert (first.status, again.json["note"]) == (0, first.out)
    assert (again.json["origin"], again.json["size"], again.json["root"]) == (head.origin, head.size, head.root.hex())
    assert head.size == len(tell(township, "events").lines)
    assert first.out == (township / "log" / "money" / "checkpoint").read_text(encoding="utf-8")


def test_a_receipt_in_a_file_is_accepted_by_whoever_has_the_log_key_and_the_event(
    township: Path, tmp_path: Path
) -> None:
    file = tmp_path / "7.tlog-proof"

    told = tell(township, "prove", "7", "--out", str(file))

    [event] = tell(township, "events", "--from", "7", "--limit", "1").lines
    verifier = Ed25519Verifier(parse_vkey(vkeys(township)[0]))
    assert (told.status, told.out) == (0, "")
    head = verify_receipt(parse_receipt(file.read_bytes()), leaf_of_event(event), [verifier])
    assert head.size >= 7
    assert tell(township, "prove", "7").out == file.read_text(encoding="utf-8")
    as_json = tell(township, "prove", "7", "--json").json
    assert as_json["receipt"] == file.read_text(encoding="utf-8")
    assert (as_json["book"], as_json["position"], as_json["leaf_index"]) == ("money", 7, 6)
    assert (as_json["size"], as_json["root"]) == (head.size, head.root.hex())


def test_an_entry_that_nobody_has_signed_for_yet_is_signed_for_before_it_is_proven(township: Path) -> None:
    tell(township, "checkpoint")
    position = len(tell(township, "events").lines) + 1
    tell(township, "log", "seal-index", "--book", "money")

    told = tell(township, "prove", str(position))

    assert parse_receipt(told.out.encode()).head.size == position
    assert tell(township, "prove", str(position + 1)).status == 2


def test_a_log_is_one_history_before_and_after_its_key_is_rotated(township: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    tell(township, "log", "export", str(folder))
    [old] = vkeys(township)
    before = read_folder(folder, old)
    tell(township, "keys", "rotate", "--book", "money")
    told = tell(township, "log", "export", str(folder))

    _, new = vkeys(township)
    during = read_folder(folder, old)
    assert during == read_folder(folder, new)
    assert tell(township, "keys", "retire", old.split("+")[1], "--book", "money").status == 0
    tell(township, "log", "export", str(folder))
    after = read_folder(folder, new)
    assert told.status == 0
    for earlier in (before, during):
        assert after.entries[: earlier.head.size] == earlier.entries
        assert mth(after.leaves[: earlier.head.size]) == earlier.head.root
    with pytest.raises(AssertionError, match="0 signatures by"):
        read_folder(folder, old)


def test_without_entries_nothing_of_what_was_written_leaves_the_office(township: Path, tmp_path: Path) -> None:
    told = tell(township, "log", "export", str(tmp_path / "copy"), "--without-entries")

    log = read_folder(tmp_path / "copy", vkeys(township)[0], with_entries=False)
    assert told.status == 0
    assert not (tmp_path / "copy" / "tile" / "entries").exists()
    assert proof(90, log.leaves)


def test_a_changed_book_is_not_signed_any_more_and_says_so_with_status_2(township: Path) -> None:
    tell(township, "checkpoint")
    (township / "log" / "money" / "signed").write_text("nothing", encoding="utf-8")

    told = tell(township, "checkpoint")

    assert (told.status, told.out) == (2, "")
    assert "E-SCHEMA" in told.err
    assert "Traceback" not in told.err


def test_who_serves_the_ledger_publishes_it_and_a_mirror_reads_all_of_it_over_http(township: Path) -> None:
    size = len(tell(township, "events").lines)
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = start(township, "serve", "--port", str(port))
    try:
        note = first_checkpoint(port)
        token = (township / "keys" / "mirror.token").read_text(encoding="ascii").strip()
        log = read_log(lambda path: fetch(port, path, token), read_head(note, vkeys(township)[0]))
    finally:
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=PATIENCE_SECONDS)

    assert log.head.size >= size
    assert len(log.entries) == log.head.size
    assert re.search("[0-9a-f]{32}", out + err) is None  # no token stands in what a server says
    assert "Traceback" not in err


def first_checkpoint(port: int) -> bytes:
    """The first head that the server shows, waited for."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(URLError, ConnectionError):
            return fetch(port, "checkpoint")
        time.sleep(0.2)
    raise AssertionError(f"No checkpoint within {PATIENCE_SECONDS} s.")


def fetch(port: int, path: str, token: str | None = None) -> bytes:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urlopen(Request(f"http://127.0.0.1:{port}/log/money/{path}", headers=headers), timeout=10) as answer:
        content: bytes = answer.read()
        return content
