"""The witness's side of c2sp.org/tlog-witness: every answer as the specification has it, and a memory that holds."""

import http.client
import os
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.cosignature import Cosigner, MlDsaCosigner, timestamp_of, verifier_of
from audit.log.growing import TreeHead
from audit.log.note import Ed25519Signer, NoteInvalid, Signature, parse, parse_signatures, parse_vkey, signed, verified
from audit.log.witness import Answer, Witness, submission
from audit.log.witness_server import MOST_CONNECTIONS, WitnessServer
from audit.log.witness_state import WitnessState, origin_hash
from audit.log.witnessing import State, ask
from audit.merkle import EMPTY_ROOT
from tests.audit.log.standing_witnesses import (
    LOG,
    NOW,
    ORIGIN,
    NumbersTree,
    ed25519_witness,
    listening,
    ml_dsa_witness,
    policy_of,
    remembering,
)
from tests.journeys.commanding import HOUSE, environment

Add = Callable[..., Answer]
STRANGER = Ed25519Signer(ORIGIN, b"\x09" * 32)
LATEST = f"/{origin_hash(ORIGIN)}/checkpoint"
SIZE_KIND = (("Content-Type", "text/x.tlog.size"),)


@pytest.fixture
def state(tmp_path: Path) -> WitnessState:
    return remembering(tmp_path / "witness.db")


@pytest.fixture
def witness(state: WitnessState) -> Witness:
    return Witness(state, [ml_dsa_witness(1), ed25519_witness(1)])


def add(witness: Witness, size: int, old_size: int = 0, *, turned: int = 10**9, now: int = NOW) -> Answer:
    """Hand over the head of a log of numbers with the proof that fits."""
    tree = NumbersTree(size, turned=turned)
    proof = tree.consistency(old_size) if 0 < old_size < size else []
    return send(witness, old_size, proof, tree.note(), now=now)


def send(witness: Witness, old_size: int, proof: list[bytes], note: str, *, now: int = NOW) -> Answer:
    return witness.answer("POST", "/add-checkpoint", submission(old_size, proof, note), now)


def statuses(*answers: Answer) -> list[int]:
    return [answer.status for answer in answers]


def test_a_head_is_cosigned_with_all_keys_of_the_witness_at_the_time_it_has(witness: Witness) -> None:
    answer = add(witness, 7)

    lines = parse_signatures(answer.body.decode())
    note = parse(NumbersTree(7).note().encode())._replace(signatures=lines)
    verifiers = [verifier_of(cosigner.key) for cosigner in (ml_dsa_witness(1), ed25519_witness(1))]
    assert (answer.status, len(lines)) == (200, 2)
    assert len(verified(note, verifiers)) == 2
    assert {timestamp_of(line) for line in lines} == {NOW}


def test_a_log_that_grows_is_cosigned_at_each_size_with_the_proof_from_the_last(witness: Witness) -> None:
    sizes = [1, 2, 3, 8, 100, 257]

    answers = [add(witness, size, old_size) for old_size, size in zip([0, *sizes], sizes, strict=False)]

    assert statuses(*answers) == [200] * len(sizes)


def test_the_newest_head_is_shown_with_the_signatures_that_were_believed_and_given(
    witness: Witness, state: WitnessState
) -> None:
    tree = NumbersTree(7)
    noisy = parse(tree.note().encode()).with_lines(STRANGER.sign(parse(tree.note().encode()).text))
    given = send(witness, 0, [], str(noisy)).body.decode()

    shown = witness.answer("GET", LATEST, b"", NOW)

    assert shown.status == 200
    assert shown.body.decode() == tree.note() + given
    assert ("Cache-Control", "no-store") in shown.headers
    assert state.logs()[0].head == TreeHead(7, tree.root)


def test_a_head_that_is_handed_over_again_is_cosigned_again_at_the_new_time(witness: Witness) -> None:
    add(witness, 7)

    again = add(witness, 7, 7, now=NOW + 60)

    assert again.status == 200
    assert {timestamp_of(line) for line in parse_signatures(again.body.decode())} == {NOW + 60}
    assert again.body in witness.answer("GET", LATEST, b"", NOW).body


def test_a_wrong_old_size_is_answered_with_the_size_that_the_witness_holds(witness: Witness) -> None:
    never = add(witness, 7, 3)
    add(witness, 7)
    behind, beyond = add(witness, 9, 3), add(witness, 9, 8)

    assert statuses(never, behind, beyond) == [409, 409, 409]
    assert [answer.body for answer in (never, behind, beyond)] == [b"0\n", b"7\n", b"7\n"]
    assert never.headers == behind.headers == SIZE_KIND


def test_a_log_is_never_taken_back_to_a_smaller_size(witness: Witness, state: WitnessState) -> None:
    add(witness, 9)

    smaller, as_if_new, larger_old = add(witness, 7, 7), add(witness, 7), add(witness, 7, 9)

    assert statuses(smaller, as_if_new, larger_old) == [409, 409, 400]
    assert state.logs()[0].head.size == 9


def test_another_history_is_refused_whatever_its_size_and_the_second_head_is_kept(
    witness: Witness, state: WitnessState
) -> None:
    add(witness, 9)

    same_size, larger, other_old = (
        add(witness, 9, 9, turned=4),
        add(witness, 12, 9, turned=4),
        add(witness, 9, turned=5),
    )

    assert statuses(same_size, larger, other_old) == [422, 422, 409]
    forks = state.forks(ORIGIN)
    assert [(fork.size, fork.seen_at) for fork in forks] == [(9, NOW), (9, NOW)]
    for fork in forks:
        kept, other = (parse_text(parse(note).text) for note in (fork.cosigned_note, fork.other_note))
        assert (kept.size, kept.root != other.root) == (other.size, True)
        verified(parse(fork.other_note), [verifier_of(LOG.key)])
    assert state.logs()[0].fork_count == 2


def test_of_the_second_heads_of_a_log_only_so_many_are_kept(
    witness: Witness, state: WitnessState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.log.witness_state.MOST_FORKS", 2)
    add(witness, 9)

    answers = [add(witness, 9, 9, turned=turned, now=NOW + now) for now, turned in enumerate((1, 1, 2, 3))]
    again = add(witness, 9, 9, turned=1, now=NOW + 9)

    assert statuses(*answers, again) == [422] * 5
    assert [fork.seen_at for fork in state.forks(ORIGIN)] == [NOW, NOW + 2]


def test_a_proof_that_is_too_long_too_short_or_another_is_refused(witness: Witness) -> None:
    add(witness, 5)
    tree = NumbersTree(9)
    proof = tree.consistency(5)

    answers = [
        send(witness, 5, wrong, tree.note())
        for wrong in ([], proof[:-1], [*proof, proof[0]], proof[::-1], [bytes(32), *proof[1:]])
    ]

    assert statuses(*answers) == [422] * 5
    assert add(witness, 9, 5).status == 200


def test_a_proof_is_refused_where_there_is_nothing_to_prove(witness: Witness) -> None:
    from_nothing = send(witness, 0, [bytes(32)], NumbersTree(3).note())
    add(witness, 3)
    same_size = send(witness, 3, [bytes(32)], NumbersTree(3).note())

    assert statuses(from_nothing, same_size) == [422, 422]


def test_a_log_of_nothing_is_cosigned_with_the_root_of_nothing_alone(witness: Witness) -> None:
    elsewhere = signed(Checkpoint(ORIGIN, 0, bytes(32)).text, [LOG])
    wrong, before = send(witness, 0, [], elsewhere), witness.answer("GET", LATEST, b"", NOW)

    right, again, grown = add(witness, 0), add(witness, 0), add(witness, 4)

    assert statuses(wrong, before, right, again, grown) == [422, 404, 200, 200, 200]
    assert signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text, [LOG]) == NumbersTree(0).note()


def test_a_log_that_is_not_watched_is_told_so_before_its_signature_is_looked_at(witness: Witness) -> None:
    other = NumbersTree(3).note(Ed25519Signer("other.test", b"\x03" * 32), origin="other.test")
    own_key = NumbersTree(3).note(LOG, origin="other.test")

    assert statuses(send(witness, 0, [], other), send(witness, 0, [], own_key)) == [404, 404]
    assert witness.answer("GET", f"/{origin_hash('other.test')}/checkpoint", b"", NOW).status == 404


def test_a_head_that_no_believed_key_signed_or_whose_signature_is_spoilt_is_forbidden(witness: Witness) -> None:
    tree = NumbersTree(3)
    good = parse(tree.note().encode())
    [line] = good.signatures
    spoilt = Signature(line.name, line.key_id, line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
    stranger = parse(tree.note(STRANGER).encode())

    answers = [
        send(witness, 0, [], str(note))
        for note in (stranger, good._replace(signatures=(spoilt,)), good._replace(signatures=(line, spoilt)))
    ]

    assert statuses(*answers) == [403, 403, 403]
    assert add(witness, 3).status == 200


def test_after_a_rotation_either_key_is_believed_until_one_is_distrusted(witness: Witness, state: WitnessState) -> None:
    state.trust(STRANGER.key)
    both = add(witness, 3), send(witness, 3, NumbersTree(4).consistency(3), NumbersTree(4).note(STRANGER))

    gone = state.distrust(LOG.vkey)

    assert statuses(*both) == [200, 200]
    assert (gone, state.distrust(LOG.vkey)) == ([ORIGIN], [])
    assert add(witness, 5, 4).status == 403
    assert send(witness, 4, NumbersTree(5).consistency(4), NumbersTree(5).note(STRANGER)).status == 200


def test_a_log_may_sign_its_heads_with_ml_dsa_or_with_a_key_of_another_name(tmp_path: Path) -> None:
    state = WitnessState.create(tmp_path / "w.db")
    key = MlDsaCosigner("keys.test/1", b"\x05" * 32)
    state.trust(key.key, ORIGIN)
    text = parse(NumbersTree(3).note().encode()).text

    answer = send(Witness(state, [ml_dsa_witness(1)]), 0, [], f"{text}\n{key.cosign(text, NOW)}")

    assert answer.status == 200


GOOD = NumbersTree(3).note()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n" + GOOD.encode(),
        b"\n" + GOOD.encode(),
        b"old\n\n" + GOOD.encode(),
        b"old 00\n\n" + GOOD.encode(),
        b"old -1\n\n" + GOOD.encode(),
        b"old 0 \n\n" + GOOD.encode(),
        b"Old 0\n\n" + GOOD.encode(),
        b"old 9223372036854775808\n\n" + GOOD.encode(),
        b"old 0\r\n\r\n" + GOOD.encode(),
        b"old 4\n\n" + GOOD.encode(),
        b"old 1\nAAAA\n\n" + GOOD.encode(),
        b"old 1\nnot base64\n\n" + GOOD.encode(),
        b"old 1\n\xff\n\n" + GOOD.encode(),
        submission(1, [bytes(32)] * 64, GOOD),
        submission(0, [], "nothing signed\n"),
        submission(0, [], GOOD.replace("3\n", "03\n", 1)),
        submission(0, [], GOOD.partition("\n\n")[0] + "\n\n"),
        submission(0, [], GOOD.rstrip("\n")),
        submission(0, [], GOOD.replace(ORIGIN, "", 1)),
    ],
)
def test_what_is_no_request_is_refused_and_nothing_is_remembered(
    witness: Witness, state: WitnessState, body: bytes
) -> None:
    answer = witness.answer("POST", "/add-checkpoint", body, NOW)

    assert answer.status == 400
    assert answer.body.endswith(b"\n")
    assert state.logs()[0].cosigned_at is None


@given(body=st.binary(max_size=300), old=st.integers(0, 5), cut=st.integers(0, 200))
def test_no_bytes_whatever_make_a_witness_fail(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, old: int, cut: int
) -> None:
    witness = Witness(remembering(tmp_path_factory.mktemp("w") / "w.db"), [ed25519_witness(1)])

    answers = [
        witness.answer("POST", "/add-checkpoint", sent, NOW)
        for sent in (body, b"old %d\n\n" % old + body, submission(old, [], GOOD)[:cut] + body)
    ]

    assert set(statuses(*answers)) <= {200, 400, 403, 404, 409, 422}


def test_sixty_three_lines_of_proof_are_read(witness: Witness) -> None:
    add(witness, 2)

    assert send(witness, 2, [bytes(32)] * 63, GOOD).status == 422


def test_other_places_and_methods_are_answered_with_what_there_is(tmp_path: Path) -> None:
    witness = Witness(remembering(tmp_path / "w.db"), [ed25519_witness(1)], prefix="/w1")

    there = witness.answer("POST", "/w1/add-checkpoint", submission(0, [], GOOD), NOW)
    got, posted = (
        witness.answer("GET", "/w1/add-checkpoint", b"", NOW),
        witness.answer("POST", f"/w1{LATEST}", b"", NOW),
    )
    elsewhere = [
        witness.answer("GET", path, b"", NOW)
        for path in ("/", "/w1", "/add-checkpoint", f"/w1{LATEST.upper()}", f"/w1{LATEST}/", "/w1/sign-subtree", LATEST)
    ]

    assert there.status == 200
    assert (got.status, dict(got.headers)["Allow"]) == (405, "POST")
    assert (posted.status, dict(posted.headers)["Allow"]) == (405, "GET, HEAD")
    assert statuses(*elsewhere) == [404] * 7


def test_a_witness_without_a_key_or_with_a_prefix_that_is_no_path_is_none(state: WitnessState) -> None:
    with pytest.raises(ValueError, match="needs a key"):
        Witness(state, [])
    for prefix in ("w1", "/w1/", "/"):
        with pytest.raises(ValueError, match="not a path"):
            Witness(state, [ed25519_witness(1)], prefix=prefix)


def test_only_keys_and_origins_that_can_be_cosigned_are_trusted(state: WitnessState) -> None:
    with pytest.raises(NoteInvalid, match="we verify"):
        state.trust(LOG.key._replace(kind=2))
    for origin in ("", "o" * 256, "two\nlines", "tab\t"):
        with pytest.raises(NoteInvalid, match="cannot be cosigned"):
            state.trust(LOG.key, origin)

    assert state.trust(parse_vkey(LOG.vkey), "账本 甲") == "账本 甲"


def test_the_memory_is_for_its_owner_and_is_never_begun_again(state: WitnessState) -> None:
    mode = stat.S_IMODE(state.path.stat().st_mode)

    with pytest.raises(FileExistsError):
        WitnessState.create(state.path)

    assert os.name == "nt" or mode == 0o600


def test_a_witness_that_lost_its_memory_cosigns_nothing(witness: Witness, state: WitnessState) -> None:
    add(witness, 3)
    state.path.unlink()

    answer, shown = add(witness, 3, turned=1), witness.answer("GET", LATEST, b"", NOW)

    assert statuses(answer, shown) == [503, 503]
    assert not state.path.exists()


def test_a_disk_that_is_full_gives_no_cosignature(witness: Witness, state: WitnessState, tmp_path: Path) -> None:
    add(witness, 3)
    with sqlite3.connect(state.path) as there:
        there.execute("CREATE TRIGGER full BEFORE UPDATE ON cosigned BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END")
    there.close()

    answer = add(witness, 4, 3)

    assert answer.status == 503
    assert state.logs()[0].head.size == 3


@pytest.mark.parametrize("rounds", [12])
def test_of_two_histories_that_race_a_witness_cosigns_one(tmp_path: Path, rounds: int) -> None:
    for number in range(rounds):
        path = tmp_path / f"{number}.db"
        remembering(path)
        racers = [Witness(WitnessState(path), [ed25519_witness(1)]) for _ in range(4)]
        start, found = Barrier(4), dict[int, int]()

        def race(
            place: int, racers: list[Witness] = racers, start: Barrier = start, found: dict[int, int] = found
        ) -> None:
            start.wait()
            found[place] = add(racers[place], 6 + place % 2, turned=place + 1).status

        threads = [Thread(target=race, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(found.values()) == [200, 409, 409, 409]


@contextmanager
def in_a_process(path: Path, moment: str) -> Iterator[str]:
    """A witness in a process of its own that dies at a moment; gives its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.audit.log.killed_witness", str(path), moment],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HOUSE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        with suppress(BrokenPipeError):
            process.communicate(timeout=30)


@pytest.mark.parametrize(("moment", "remembers"), [("deciding", 0), ("decided", 5)])
def test_a_witness_killed_before_it_answers_forgets_nothing_and_is_asked_again(
    tmp_path: Path, moment: str, remembers: int
) -> None:
    state = remembering(tmp_path / "witness.db")
    tree = NumbersTree(5)

    def asked(url: str) -> State:
        return ask(tree.note(), tree, policy_of((ml_dsa_witness(1), url)).witnesses, clock=lambda: NOW)[0].state

    with in_a_process(state.path, moment) as url:
        killed = asked(url)
    remembered = state.logs()[0].head.size
    with in_a_process(state.path, "never") as url:
        again = asked(url)

    assert killed is State.UNREADABLE
    assert remembered == remembers
    assert again is State.COSIGNED


def test_two_witness_servers_over_one_memory_are_one_witness(state: WitnessState) -> None:
    cosigner = ml_dsa_witness(1)
    one, other = NumbersTree(5), NumbersTree(5, turned=2)
    with listening(state, cosigner) as first, listening(state, cosigner) as second:
        found = [
            ask(tree.note(), tree, policy_of((cosigner, server.url)).witnesses, clock=lambda: NOW)[0].state
            for tree, server in ((one, first), (other, second), (one, second))
        ]

    assert found == [State.COSIGNED, State.FORKED, State.COSIGNED]


def requested(url: str, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.putrequest(method, path)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    if body is not None:
        connection.send(body)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def asked_over(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", LATEST)
    return connection.getresponse().status


def test_over_http_a_connection_is_kept_and_strangers_are_bounded(state: WitnessState) -> None:
    with listening(state, ed25519_witness(1), prefix="/w1") as server:
        netloc = urlsplit(server.url).netloc
        connection = http.client.HTTPConnection(netloc, timeout=10)
        kept = []
        for body in (submission(0, [], GOOD), submission(0, [], GOOD)):
            connection.request("POST", "/w1/add-checkpoint?x=1", body)
            response = connection.getresponse()
            kept.append((response.status, response.getheader("Content-Type"), response.read()[:2]))
        connection.request("HEAD", f"/w1{LATEST}")
        head = connection.getresponse()
        empty = head.read()
        connection.close()
        url = f"http://{netloc}"
        bounded = [
            requested(url, "POST", "/w1/add-checkpoint").status,
            requested(url, "POST", "/w1/add-checkpoint", Content_Length="999999999").status,
            requested(url, "POST", "/w1/add-checkpoint", Content_Length="-1").status,
            requested(url, "POST", "/w1/add-checkpoint", Content_Length="1", content_length="2").status,
            requested(url, "POST", "/w1/add-checkpoint", b"0\r\n\r\n", Transfer_Encoding="chunked").status,
            requested(url, "DELETE", "/w1/add-checkpoint").status,
        ]

    assert kept == [(200, "text/plain; charset=utf-8", b"\xe2\x80"), (409, "text/x.tlog.size", b"3\n")]
    assert (head.status, empty, int(head.headers["Content-Length"]) > 100) == (200, b"", True)
    assert bounded == [411, 413, 411, 411, 411, 501]
    assert head.headers["Server"] == "mingzhang-witness"


def test_more_connections_than_a_witness_takes_are_closed_and_the_next_is_answered(state: WitnessState) -> None:
    with listening(state, ed25519_witness(1)) as server:
        netloc = urlsplit(server.url).netloc
        held = [http.client.HTTPConnection(netloc, timeout=10) for _ in range(MOST_CONNECTIONS + 1)]
        for connection in held:
            connection.connect()
        with pytest.raises((http.client.HTTPException, OSError)):
            asked_over(held[-1])
        for connection in held:
            connection.close()

        found = None
        while found is None:  # the threads of those that left take a moment to see it
            with suppress(http.client.HTTPException, OSError):
                found = requested(server.url, "GET", LATEST).status

    assert found == 404


def test_a_fault_of_the_witness_is_told_without_its_inside(state: WitnessState) -> None:
    class Faulty:
        key = ed25519_witness(1).key

        def cosign(self, text: str, timestamp: int) -> str:
            raise ZeroDivisionError

    cosigner: Cosigner = Faulty()
    with listening(state, cosigner) as server:
        response = requested(
            server.url,
            "POST",
            "/add-checkpoint",
            submission(0, [], GOOD),
            Content_Length=str(len(submission(0, [], GOOD))),
        )

    assert response.status == 500
    assert state.logs()[0].cosigned_at is None


def test_a_body_that_breaks_off_or_takes_too_long_is_given_up(
    state: WitnessState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.log.witness_server.IDLE_SECONDS", 0.1)
    head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99\r\n\r\n"
    answers = []
    with listening(state, ed25519_witness(1)) as server:
        address = urlsplit(server.url)
        for pieces in ([b"old 0\n"], [b"old 0\n", b"", b"\n"]):
            with socket.create_connection((str(address.hostname), address.port), timeout=10) as line:
                line.sendall(head)
                for piece in pieces:
                    line.sendall(piece)
                    time.sleep(0.1)
                line.shutdown(socket.SHUT_WR)
                answers.append(line.recv(100))
        still_answers = requested(server.url, "GET", LATEST).status

    assert answers == [b"", b""]
    assert still_answers == 404


def test_a_witness_listens_at_an_address_of_the_newer_kind_too(state: WitnessState) -> None:
    try:
        server = WitnessServer("::1", 0, Witness(state, [ed25519_witness(1)]), lambda: NOW)
    except OSError:
        return  # this machine has none
    with server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        tree = NumbersTree(3)
        [outcome] = ask(tree.note(), tree, policy_of((ed25519_witness(1), server.url)).witnesses, clock=lambda: NOW)
        server.shutdown()
        thread.join()

    assert server.url.startswith("http://[::1]:")
    assert outcome.state is State.COSIGNED
