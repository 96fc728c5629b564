"""Time stamps over published heads: asked for, refused, kept, told of, and stamped again."""

import hashlib
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from api import recorded_anchors as recording
from api.anchor_files import AnchorFiles, Wanted
from api.anchoring import anchor, anchor_due, ask_by_file, ending_soon, newest_head, record_missing, renew, store
from api.completeness import seal_index
from api.folder import held
from api.ledger import Ledger
from api.settings import Settings
from api.time_stamping import Authority, authority_of, over_http, trusted_of
from audit import der
from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Signer, signed
from audit.renewals import CHECKPOINT, SUMS
from audit.timestamps import LARGEST_ANSWER_BYTES, StampInvalid, request
from domain.event import BookName
from domain.public_log import CheckpointAnchored
from domain.refusal import Refused
from tests.api.stamping import (
    MONEY,
    ROOT,
    TRUSTED,
    Clock,
    authority,
    ledger_at,
    publish,
    register,
    stored,
    told,
)
from tests.time_stamping import openssl_accepts, pem, root, served

SOON = timedelta(days=90)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger whose money book has a published head of two entries."""
    with ledger_at(tmp_path / "books", clock) as made:
        register(made, 1)
        publish(made)
        yield made


@pytest.fixture
def tsa(tmp_path: Path) -> Authority:
    return authority(tmp_path / "tsa")


@pytest.fixture
def ending(tmp_path: Path) -> Authority:
    """An authority whose certificate ends in a month."""
    return authority(tmp_path / "ending-tsa", lasting=timedelta(days=30))


def anchors(ledger: Ledger) -> Path:
    return ledger.folder.logs / "money" / "anchors"


@pytest.mark.parametrize("book", BookName)
def test_the_newest_head_is_stamped_kept_as_it_was_and_told_of_in_its_book(
    ledger: Ledger, tsa: Authority, book: BookName
) -> None:
    published = publish(ledger, book)

    anchored = anchor(ledger, book, tsa)

    size = published.checkpoint.size
    folder = ledger.folder.logs / book.value / "anchors"
    assert (anchored.head, anchored.name, anchored.is_new) == (published.checkpoint, str(size), True)
    assert stored(ledger, book) == [f"{size}.checkpoint", f"{size}.tsr"]
    assert (folder / f"{size}.checkpoint").read_bytes() == (folder.parent / "checkpoint").read_bytes()
    assert openssl_accepts(folder, message=f"{size}.checkpoint", answer=f"{size}.tsr", trusted=pem(ROOT))
    [event] = told(ledger, book)
    assert event["evidence"] == [hashlib.sha256((folder / f"{size}.tsr").read_bytes()).hexdigest()]
    assert (event["size"], event["root"]) == (size, published.checkpoint.root.hex())
    assert (event["medium"], event["authority"]) == ("rfc3161", "CN=Test TSA,O=测试局")
    assert datetime.fromisoformat(event["stamped_at"]) == anchored.stamp.stamped_at


def test_a_head_that_is_stamped_already_is_not_stamped_or_told_of_again(ledger: Ledger, tsa: Authority) -> None:
    first = anchor(ledger, MONEY, tsa)
    before = stored(ledger)

    again = anchor(ledger, MONEY, Authority(never_asked, TRUSTED))

    assert again == first._replace(is_new=False)
    assert (stored(ledger), len(told(ledger))) == (before, 1)


def never_asked(question: bytes) -> bytes:
    raise AssertionError("Nobody was to be asked.")


def test_a_stamp_is_fetched_over_http_from_the_address_that_is_set(
    ledger: Ledger, tsa: Authority, tmp_path: Path
) -> None:
    certificate = tmp_path / "root.pem"
    certificate.write_bytes(pem(ROOT))

    with served(tsa.ask) as address:
        anchored = anchor(ledger, MONEY, authority_of(Settings(tsa_url=address, tsa_ca=certificate)))

    assert anchored.is_new


def refusal_of(ledger: Ledger, asked: Authority) -> Refused:
    """How a stamp is refused; nothing is stored and nothing told."""
    with pytest.raises(Refused) as refused:
        anchor(ledger, MONEY, asked)
    assert (stored(ledger), told(ledger)) == ([], [])
    return refused.value


REFUSED = der.write(
    der.SEQUENCE, der.write(der.SEQUENCE, der.write_integer(2), der.write(der.SEQUENCE, der.write(0x0C, b"pay first")))
)


@pytest.mark.parametrize(
    ("answer", "code", "why"),
    [
        (503, "E-STATE", r"at 127\.0\.0\.1 gave no answer: it answered with status 503\. Nothing was stored"),
        (302, "E-STATE", "gave no answer: it answered with status 302"),
        (REFUSED, "E-STATE", r"The authority gives no stamp: status 2 \(pay first\)"),
        (b"<html>Welcome</html>", "E-SCHEMA", "The answer was refused: The answer"),
        (b"", "E-SCHEMA", "The answer was refused: The answer ends in the middle of a value"),
        (bytes(LARGEST_ANSWER_BYTES + 1), "E-STATE", "gave no answer: it goes on beyond 262144 bytes"),
    ],
)
def test_an_authority_that_answers_no_stamp_is_named_and_nothing_is_stored(
    ledger: Ledger, answer: bytes | int, code: str, why: str
) -> None:
    with served(lambda _: answer) as address:
        refused = refusal_of(ledger, Authority(over_http(address), TRUSTED))

    assert refused.code == code
    assert_matches(why, refused.why)


def assert_matches(pattern: str, text: str) -> None:
    assert re.search(pattern, text), text


@contextmanager
def saying(*pieces: bytes, every: float = 0.0) -> Iterator[str]:
    """A server that says these bytes to whoever comes, and no more."""

    def say() -> None:
        with suppress(OSError), server.accept()[0] as connection:
            connection.recv(65_536)
            for piece in pieces:
                connection.sendall(piece)
                sleep(every)
            connection.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=say)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ([b"garbage\r\n\r\n"], "gave no answer: BadStatusLine"),
        ([], "gave no answer: RemoteDisconnected"),
        ([b"HTTP/1.0 200 OK\r\n\r\n", *[b"0"] * 30], r"gave no answer: none within 0\.3 s"),
    ],
)
def test_an_authority_that_answers_no_http_or_drop_by_drop_is_named_in_time(
    ledger: Ledger, pieces: list[bytes], why: str
) -> None:
    with saying(*pieces, every=0.03) as address:
        refused = refusal_of(ledger, Authority(over_http(address, seconds=0.3), TRUSTED))

    assert_matches(why, refused.why)


def test_an_authority_that_is_away_or_says_nothing_is_named_in_time(ledger: Ledger) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        refused = refusal_of(ledger, Authority(over_http(f"http://127.0.0.1:{port}/", seconds=0.2), TRUSTED))
        assert_matches(r"gave no answer: none within 0\.2 s", refused.why)

    refused = refusal_of(ledger, Authority(over_http(f"http://127.0.0.1:{port}/"), TRUSTED))
    assert_matches("gave no answer: ConnectionRefusedError", refused.why)


def test_a_stamp_over_something_else_or_of_an_earlier_answer_is_not_stored(ledger: Ledger, tsa: Authority) -> None:
    def of_something_else(_: bytes) -> bytes:
        return tsa.ask(request(b"something else", 1))

    earlier = tsa.ask(request(newest_head(ledger, MONEY).message, 1))

    for ask, why in ((of_something_else, "The stamp is over other bytes"), (lambda _: earlier, "answers another")):
        refused = refusal_of(ledger, Authority(ask, TRUSTED))
        assert refused.code == "E-SCHEMA"
        assert why in refused.why


def test_a_stamp_of_an_authority_that_is_not_trusted_is_not_stored(ledger: Ledger, tmp_path: Path) -> None:
    stranger = authority(tmp_path / "stranger", by=root("Another root"))

    refused = refusal_of(ledger, stranger)

    assert refused.code == "E-SCHEMA"
    assert "does not chain up to a trusted one" in refused.why


def test_where_nothing_is_published_or_another_process_asks_nobody_is_asked(ledger: Ledger) -> None:
    nobody = Authority(never_asked, TRUSTED)
    with pytest.raises(Refused, match="Nothing of the supervision book is published yet"):
        anchor(ledger, BookName.SUPERVISION, nobody)

    anchors(ledger).mkdir()
    with (
        held(anchors(ledger) / "lock", wait=False),
        pytest.raises(Refused, match="Another process asks for a time stamp now"),
    ):
        anchor(ledger, MONEY, nobody)


def test_what_a_killed_process_left_is_gone_on_from(ledger: Ledger, tsa: Authority) -> None:
    files, wanted = AnchorFiles(ledger, MONEY), newest_head(ledger, MONEY)
    files.folder.make()
    files.folder.write("2.checkpoint", b"a stamp over this never came")
    anchor(ledger, MONEY, tsa)
    assert len(told(ledger)) == 1

    register(ledger, 2)
    publish(ledger)
    wanted = newest_head(ledger, MONEY)
    files.keep(wanted, tsa.ask(request(wanted.message, 1)))  # and killed before the book was told
    record_missing(ledger, MONEY, [root("Another root").certificate])
    assert len(told(ledger)) == 1
    record_missing(ledger, MONEY, TRUSTED)
    record_missing(ledger, MONEY, TRUSTED)
    assert [event["size"] for event in told(ledger)] == [2, 4]


def test_a_stamp_whose_checkpoint_was_lost_is_not_written_over(ledger: Ledger, tsa: Authority) -> None:
    anchor(ledger, MONEY, tsa)
    answer = (anchors(ledger) / "2.tsr").read_bytes()
    (anchors(ledger) / "2.checkpoint").unlink()

    with pytest.raises(Refused, match=r"The file 2\.checkpoint, which was stamped, is missing"):
        anchor(ledger, MONEY, tsa)

    assert (anchors(ledger) / "2.tsr").read_bytes() == answer


def test_of_two_processes_that_tell_of_one_stamp_only_the_first_is_heard(
    ledger: Ledger, tsa: Authority, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor(ledger, MONEY, tsa)
    stale: list[list[CheckpointAnchored]] = [[], [], []]  # both have looked before
    now = recording.recorded_anchors
    monkeypatch.setattr(recording, "recorded_anchors", lambda *of: stale.pop() if stale else now(*of))

    record_missing(ledger, MONEY, TRUSTED)

    assert (len(told(ledger)), stale) == (1, [])
    monkeypatch.setattr(recording, "recorded_anchors", lambda *_: [])
    with pytest.raises(Refused, match="E-CONFLICT"):
        record_missing(ledger, MONEY, TRUSTED)
    clock.ahead = -timedelta(hours=1)
    with pytest.raises(Refused, match="This machine's clock says") as refused:
        record_missing(ledger, MONEY, TRUSTED)
    assert refused.value.code == "E-DATE"


def test_a_log_that_denies_what_was_stamped_gets_no_further_stamp(ledger: Ledger, tsa: Authority) -> None:
    origin = ledger.book(MONEY).origin
    signer = Ed25519Signer(origin, bytes(range(32)))
    other, longer = Checkpoint(origin, 1, bytes(32)), Checkpoint(origin, 90, bytes(32))
    nobody = Authority(never_asked, TRUSTED)

    for forged, why in ((other, "its root there is"), (longer, "the log has 2")):
        wanted = Wanted(CHECKPOINT, signed(forged.text, [signer]).encode())
        AnchorFiles(ledger, MONEY).folder.make()
        AnchorFiles(ledger, MONEY).keep(wanted, tsa.ask(request(wanted.message, 1)))
        with pytest.raises(Refused, match=why) as refused:
            newest_head(ledger, MONEY)
        assert refused.value.code == "E-PROOF"
        with pytest.raises(Refused, match="was stamped, and"):
            anchor(ledger, MONEY, nobody)

    (anchors(ledger) / "90.checkpoint").write_bytes(b"no checkpoint")
    with pytest.raises(Refused, match="The answer was refused"):
        newest_head(ledger, MONEY)


def test_stamps_that_end_soon_are_stamped_again_by_one_that_ends_later(
    ledger: Ledger, ending: Authority, tsa: Authority
) -> None:
    anchor(ledger, MONEY, ending)
    register(ledger, 2)
    publish(ledger)
    anchor(ledger, MONEY, ending)

    renewed = renew(ledger, MONEY, tsa, within=SOON)

    assert renewed is not None
    assert (renewed.name, renewed.head.size, renewed.is_new) == ("renewed/1", 4, True)
    assert stored(ledger)[-2:] == ["renewed/1.sums", "renewed/1.tsr"]
    assert told(ledger)[-1]["medium"] == "rfc3161-renewal"
    checked = subprocess.run(["sha256sum", "--check", "renewed/1.sums"], cwd=anchors(ledger), check=False)
    assert checked.returncode == 0
    assert openssl_accepts(anchors(ledger), message="renewed/1.sums", answer="renewed/1.tsr", trusted=pem(ROOT))
    assert renew(ledger, MONEY, Authority(never_asked, TRUSTED), within=SOON) is None
    assert list(AnchorFiles(ledger, MONEY).covering(3)) == ["4.checkpoint", "4.tsr", "renewed/1.sums", "renewed/1.tsr"]


def test_what_a_bundle_takes_along_is_the_first_stamp_over_an_entry_and_what_renewed_it(
    ledger: Ledger, ending: Authority, tsa: Authority
) -> None:
    files = AnchorFiles(ledger, MONEY)
    assert files.covering(1) == {}
    anchor(ledger, MONEY, ending)
    renew(ledger, MONEY, tsa, within=SOON)
    for number, spoilt in ((2, b"no list"), (3, b"SHA256 (77.tsr) = " + b"ab" * 32 + b"\n")):
        files.folder.write(f"renewed/{number}.sums", spoilt)
        files.folder.write(f"renewed/{number}.tsr", b"")
    files.folder.write("renewed/4.tsr", b"whose list is lost")

    assert list(files.covering(1)) == ["2.checkpoint", "2.tsr", "renewed/1.sums", "renewed/1.tsr"]
    assert files.covering(3) == {}


def test_a_list_of_lists_tells_of_the_newest_head_that_is_here(ledger: Ledger, ending: Authority) -> None:
    files, of_lists = AnchorFiles(ledger, MONEY), Wanted(SUMS, b"SHA256 (renewed/1.tsr) = " + b"ab" * 32 + b"\n")
    with pytest.raises(StampInvalid, match="The list is over no checkpoint that is here"):
        files.head_of(of_lists)

    head = anchor(ledger, MONEY, ending).head

    assert files.head_of(of_lists) == head


def test_stamping_again_gains_nothing_by_a_certificate_that_ends_as_soon(ledger: Ledger, ending: Authority) -> None:
    anchor(ledger, MONEY, ending)

    with pytest.raises(Refused, match="no longer than those that are there") as refused:
        renew(ledger, MONEY, ending, within=SOON)

    assert refused.value.code == "E-STATE"
    assert stored(ledger) == ["2.checkpoint", "2.tsr"]


def test_what_has_ended_or_never_held_cannot_be_stamped_again(ledger: Ledger, ending: Authority, clock: Clock) -> None:
    anchor(ledger, MONEY, ending)
    assert ending_soon(ledger, MONEY, TRUSTED, within=SOON) is not None

    assert ending_soon(ledger, MONEY, [root("Another root").certificate], within=SOON) is None
    clock.ahead = timedelta(days=40)
    assert ending_soon(ledger, MONEY, TRUSTED, within=SOON) is None


def test_a_stamp_can_be_asked_for_by_file_and_its_answer_stored_once(ledger: Ledger, tsa: Authority) -> None:
    asked = ask_by_file(ledger, MONEY, newest_head(ledger, MONEY))
    register(ledger, 2)
    publish(ledger)  # while the request is on its way
    answer = tsa.ask(asked)

    with pytest.raises(Refused, match="does not chain up"):
        store(ledger, answer, [root("Another root").certificate])
    book, anchored = store(ledger, answer, TRUSTED)

    assert (book, anchored.name, anchored.is_new) == (MONEY, "2", True)
    assert stored(ledger) == ["2.checkpoint", "2.tsr"]
    assert [event["size"] for event in told(ledger)] == [2]
    with pytest.raises(Refused, match="This ledger asked for no stamp over") as refused:
        store(ledger, answer, TRUSTED)
    assert refused.value.code == "E-REF"


def test_an_answer_is_not_stored_when_the_request_that_waits_for_it_was_spoilt(ledger: Ledger, tsa: Authority) -> None:
    answer = tsa.ask(ask_by_file(ledger, MONEY, newest_head(ledger, MONEY)))
    [waiting] = (anchors(ledger) / "pending").glob("*.tsq")
    waiting.write_bytes(b"spoilt")

    with pytest.raises(Refused, match="The answer was refused: The request"):
        store(ledger, answer, TRUSTED)

    assert told(ledger) == []


def test_an_answer_by_file_to_what_is_stamped_meanwhile_is_taken_and_changes_nothing(
    ledger: Ledger, tsa: Authority
) -> None:
    asked = ask_by_file(ledger, MONEY, newest_head(ledger, MONEY))
    first = anchor(ledger, MONEY, tsa)

    _, anchored = store(ledger, tsa.ask(asked), TRUSTED)

    assert anchored == first._replace(is_new=False)
    assert (stored(ledger), len(told(ledger))) == (["2.checkpoint", "2.tsr"], 1)


def test_stamps_can_be_stamped_again_by_file_and_other_files_are_refused(
    ledger: Ledger, ending: Authority, tsa: Authority
) -> None:
    anchor(ledger, MONEY, ending)
    wanted = ending_soon(ledger, MONEY, TRUSTED, within=SOON)
    assert wanted is not None

    _, anchored = store(ledger, tsa.ask(ask_by_file(ledger, MONEY, wanted)), TRUSTED)

    assert (anchored.name, anchored.is_new) == ("renewed/1", True)
    with pytest.raises(Refused, match="The answer was refused"):
        store(ledger, b"no answer", TRUSTED)


def test_a_head_is_stamped_once_a_day_and_only_when_something_was_added(
    ledger: Ledger, tsa: Authority, clock: Clock
) -> None:
    nobody = Authority(never_asked, TRUSTED)
    assert anchor_due(ledger, BookName.SUPERVISION, nobody) is None
    assert anchor_due(ledger, MONEY, tsa) is not None

    register(ledger, 2)
    publish(ledger)
    assert anchor_due(ledger, MONEY, nobody) is None
    clock.ahead = timedelta(days=1)
    due = anchor_due(ledger, MONEY, tsa)
    assert due is not None
    assert due.head.size == 4
    clock.ahead = timedelta(days=2)
    assert anchor_due(ledger, MONEY, nobody) is None
    seal_index(ledger, MONEY)
    publish(ledger)
    assert anchor_due(ledger, MONEY, nobody) is None


def test_the_settings_name_whom_to_ask_and_say_what_is_missing(tmp_path: Path) -> None:
    file, no_certificate = tmp_path / "root.pem", tmp_path / "empty.pem"
    file.write_bytes(pem(ROOT))
    no_certificate.write_bytes(b"nothing")
    address = "http://tsa.example.cn/"
    wrong: list[tuple[Callable[[], object], str, str]] = [
        (lambda: authority_of(Settings()), "E-REF", "No time-stamping authority is named"),
        (lambda: authority_of(Settings(tsa_url=address)), "E-REF", "No certificate of a time-stamping authority"),
        (lambda: trusted_of(Settings(tsa_ca=tmp_path / "none")), "E-REF", "cannot be read: No such file"),
        (lambda: trusted_of(Settings(tsa_ca=no_certificate)), "E-SCHEMA", "holds no certificates in PEM"),
        (lambda: over_http("ftp://tsa.example.cn/"), "E-SCHEMA", "begins with http:// or https://"),
        (lambda: over_http("https:///tsr"), "E-SCHEMA", "names a host"),
    ]

    assert authority_of(Settings(), address=address, certificates=file).trusted == TRUSTED
    for ask, code, why in wrong:
        with pytest.raises(Refused, match=why) as refused:
            ask()
        assert refused.value.code == code
