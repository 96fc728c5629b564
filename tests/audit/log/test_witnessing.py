"""Asking witnesses: both kinds of signature, those that are behind, and those that are anything but witnesses."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from audit.log.cosignature import Cosigner
from audit.log.growing import TreeHead
from audit.log.note import Note, parse
from audit.log.tiles import TilesDamaged
from audit.log.witnessing import STOPPING, Outcome, State, Tree, ask, look
from tests.audit.log.hostile_witnesses import (
    ENDLESS,
    SIZE,
    answering,
    behind_tls,
    full_port,
    nobodys_port,
    reply,
    silent_port,
)
from tests.audit.log.standing_witnesses import (
    LOG,
    NOW,
    ORIGIN,
    NumbersTree,
    Standing,
    ed25519_witness,
    listening,
    ml_dsa_witness,
    policy_of,
    remembering,
)

W = ml_dsa_witness(1)
KINDS: list[Callable[[int], Cosigner]] = [ed25519_witness, ml_dsa_witness]


class DamagedTree:
    """A tree that is not on the disk any more."""

    def consistency(self, old_size: int) -> list[bytes]:
        raise TilesDamaged("tile/0/000", "it is missing.")

    def root_at(self, old_size: int) -> bytes:
        raise TilesDamaged("tile/0/000", "it is missing.")


def asked(tree: NumbersTree, *witnesses: tuple[Cosigner, str], seconds: float = 5, now: int = NOW) -> list[Outcome]:
    """Ask the witnesses to cosign the head of `tree`."""
    return ask(tree.note(), tree, policy_of(*witnesses).witnesses, clock=lambda: now, seconds=seconds)


def asked_at(url: str, tree: NumbersTree | None = None, *, seconds: float = 5, now: int = NOW) -> Outcome:
    """Ask one witness, whose key is that of `W`."""
    [outcome] = asked(tree or NumbersTree(5), (W, url), seconds=seconds, now=now)
    return outcome


def having(outcomes: list[Outcome], tree: NumbersTree) -> Note:
    return parse(tree.note().encode()).with_lines("".join(outcome.line for outcome in outcomes))


def test_witnesses_of_both_kinds_cosign_and_the_policy_counts_them(tmp_path: Path) -> None:
    tree, one, two = NumbersTree(300), ed25519_witness(1), ml_dsa_witness(2)
    with listening(remembering(tmp_path / "1"), one) as first, listening(remembering(tmp_path / "2"), two) as second:
        outcomes = asked(tree, (one, first.url), (two, second.url + "/"))

    verdict = policy_of((one, ""), (two, "")).judge(str(having(outcomes, tree)).encode())
    assert [(outcome.witness, outcome.state, outcome.timestamp) for outcome in outcomes] == [
        ("W1", State.COSIGNED, NOW),
        ("W2", State.COSIGNED, NOW),
    ]
    assert verdict.is_reached
    assert [(seen.witness, seen.timestamp) for seen in verdict.seen] == [("W1", NOW), ("W2", NOW)]


def test_two_keys_of_one_witness_are_asked_in_one_request(tmp_path: Path) -> None:
    tree, keys = NumbersTree(5), (ml_dsa_witness(1), ed25519_witness(1))
    with listening(remembering(tmp_path / "w"), *keys) as server:
        first = asked(tree, *((key, server.url) for key in keys))
        grown = asked(NumbersTree(9), *((key, server.url) for key in keys))

    assert [outcome.state for outcome in (*first, *grown)] == [State.COSIGNED] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_witness_that_is_behind_is_given_the_proof_from_where_it_is(
    tmp_path: Path, kind: Callable[[int], Cosigner]
) -> None:
    cosigner, sizes = kind(1), (1, 2, 7, 7, 64, 65, 300)
    with listening(remembering(tmp_path / "w"), cosigner) as server:
        states = [asked(NumbersTree(size), (cosigner, server.url))[0].state for size in sizes]

        held = server.state.logs()[0].head

    assert states == [State.COSIGNED] * len(sizes)
    assert held == TreeHead(300, NumbersTree(300).root)


def test_what_is_wrongly_thought_of_a_witness_is_set_right_by_itself(tmp_path: Path) -> None:
    tree = NumbersTree(9)
    with listening(remembering(tmp_path / "w"), W) as server:
        asked_at(server.url, NumbersTree(5))
        witnesses = policy_of((W, server.url)).witnesses
        states = [
            ask(tree.note(), tree, witnesses, clock=lambda: NOW, known_sizes={"W1": thought})[0].state
            for thought in (99, 3, 9)
        ]

    assert states == [State.COSIGNED] * 3


def test_a_quorum_of_two_in_three_is_reached_with_one_down(tmp_path: Path) -> None:
    tree, keys = NumbersTree(9), [ml_dsa_witness(1), ed25519_witness(2), ml_dsa_witness(3)]
    with listening(remembering(tmp_path / "1"), keys[0]) as one, listening(remembering(tmp_path / "2"), keys[1]) as two:
        urls = [one.url, two.url, f"http://127.0.0.1:{nobodys_port()}"]
        outcomes = asked(tree, *zip(keys, urls, strict=True))

    note = str(having(outcomes, tree)).encode()
    everybody = [(key, "") for key in keys]
    assert [outcome.state for outcome in outcomes] == [State.COSIGNED, State.COSIGNED, State.UNREACHABLE]
    assert policy_of(*everybody, quorum="2").judge(note).is_reached
    assert "no cosignature of W3" in policy_of(*everybody, quorum="3").judge(note).missing


@pytest.fixture
def ahead(tmp_path: Path) -> Standing:
    """A witness that has cosigned nine entries."""
    state = remembering(tmp_path / "ahead")
    with listening(state, W) as server:
        assert asked_at(server.url, NumbersTree(9)).state is State.COSIGNED
    return Standing([W], state, "")


def test_a_witness_that_cosigned_more_than_is_offered_shows_it_and_stops_the_log(ahead: Standing) -> None:
    with listening(ahead.state, W) as server:
        outcome = asked_at(server.url, NumbersTree(7))

    assert outcome.state is State.AHEAD
    assert outcome.state in STOPPING
    assert outcome.why == "It cosigned 9 entries, and 7 are offered."
    assert parse(outcome.note.encode()).signatures[0].name == ORIGIN
    assert outcome.head == TreeHead(9, NumbersTree(9).root)


@pytest.mark.parametrize("size", [9, 12])
def test_a_witness_that_cosigned_another_history_shows_it_and_stops_the_log(ahead: Standing, size: int) -> None:
    other = NumbersTree(size, turned=4)
    with listening(ahead.state, W) as server:
        outcome = asked_at(server.url, other)

    assert outcome.state is State.FORKED
    assert outcome.why == (
        f"At 9 entries it cosigned the root {NumbersTree(9).root.hex()}, and here it is {other.root_at(9).hex()}."
    )


def test_a_bare_number_that_is_larger_is_told_and_stops_nobody() -> None:
    with answering(reply(409, b"999999999999\n", SIZE), reply(404, b"")) as url:
        outcome = asked_at(url)

    assert outcome.state is State.CLAIMS_MORE
    assert outcome.state not in STOPPING
    assert "says that it holds 999999999999 entries, more than the 5" in outcome.why


def test_a_head_that_the_witness_did_not_cosign_proves_nothing_against_us() -> None:
    larger = NumbersTree(9)
    by_another = str(
        having(
            [Outcome("", State.COSIGNED, line=ml_dsa_witness(2).cosign(parse(larger.note().encode()).text, NOW))],
            larger,
        )
    )
    for shown in (larger.note(), by_another, "nothing"):
        with answering(reply(409, b"9\n", SIZE), reply(200, shown.encode())) as url:
            assert asked_at(url).state is State.CLAIMS_MORE


def test_a_log_that_is_not_watched_or_not_believed_or_refused_is_told_apart(tmp_path: Path) -> None:
    stranger = NumbersTree(3)
    state = remembering(tmp_path / "w")
    with listening(state, W) as server:
        state.distrust(LOG.vkey)
        not_watched = asked_at(server.url, stranger)
        state.trust(ml_dsa_witness(7).key, ORIGIN)
        not_believed = asked_at(server.url, stranger)
    with answering(reply(500, b"\x1b[2Jdown\nfor now")) as url:
        refused = asked_at(url)
    with answering(reply(307, b"", b"text/plain\r\nLocation: http://127.0.0.1:9/")) as url:
        elsewhere = asked_at(url)

    assert [o.state for o in (not_watched, not_believed, refused, elsewhere)] == [
        State.NOT_WATCHED,
        State.NOT_BELIEVED,
        State.REFUSED,
        State.REFUSED,
    ]
    assert refused.why == "It answers 500: [2Jdown for now"
    assert elsewhere.why == "It answers 307: without a word"


def cosigned_by(cosigner: Cosigner, *, tree: NumbersTree | None = None, at: int = NOW) -> bytes:
    text = parse((tree or NumbersTree(5)).note().encode()).text
    return cosigner.cosign(text, at).encode()


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (cosigned_by(W), State.COSIGNED),
        (cosigned_by(ml_dsa_witness(2)) + cosigned_by(W), State.COSIGNED),
        (cosigned_by(W, at=NOW - 300), State.COSIGNED),
        (cosigned_by(W, at=NOW - 301), State.WRONG_TIME),
        (cosigned_by(W, at=NOW + 301), State.WRONG_TIME),
        (cosigned_by(W, at=0), State.WRONG_TIME),
        (cosigned_by(ml_dsa_witness(2)), State.WRONG_SIGNATURE),
        (cosigned_by(W, tree=NumbersTree(6)), State.WRONG_SIGNATURE),
        (cosigned_by(W) + cosigned_by(W, tree=NumbersTree(6)), State.WRONG_SIGNATURE),
        (cosigned_by(W)[:-1], State.UNREADABLE),
        (b"", State.UNREADABLE),
        (b"\xff\xfe\n", State.UNREADABLE),
        (b"thank you\n", State.UNREADABLE),
        (cosigned_by(ed25519_witness(1)) * 65, State.UNREADABLE),
    ],
)
def test_only_a_cosignature_of_the_witnesss_own_key_and_of_now_is_taken(answer: bytes, state: State) -> None:
    with answering(reply(200, answer)) as url:
        outcome = asked_at(url)

    assert outcome.state is state
    assert bool(outcome.line) is (state is State.COSIGNED)
    assert bool(outcome.why) is (state is not State.COSIGNED)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"9", SIZE), (b"09\n", SIZE), (b"\n", SIZE), (b"-1\n", SIZE), (b"9\n", b"text/plain"), (b"\xff\n", SIZE)],
)
def test_a_conflict_that_tells_no_size_is_unreadable(body: bytes, kind: bytes) -> None:
    with answering(reply(409, body, kind)) as url:
        outcome = asked_at(url)

    assert (outcome.state, outcome.why) == (State.UNREADABLE, "Its answer 409 tells no size.")


def test_a_witness_that_conflicts_again_and_again_is_asked_once_more_and_left() -> None:
    with answering(reply(409, b"3\n", SIZE), reply(409, b"4\n", SIZE), reply(404, b"")) as url:
        outcome = asked_at(url)

    assert (outcome.state, outcome.why) == (State.REFUSED, "It answers 409: 4")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"not HTTP at all\r\n\r\n", State.UNREADABLE),
        (b"", State.UNREADABLE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort", State.UNREADABLE),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", State.UNREADABLE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", State.UNREADABLE),
    ],
)
def test_what_is_no_http_answer_is_unreadable(answer: bytes, state: State) -> None:
    with answering(answer) as url:
        assert asked_at(url).state is state


def test_a_body_without_an_end_is_read_no_further_than_a_note_can_be() -> None:
    with answering(ENDLESS, then=b"x" * 65536) as url:
        outcome = asked_at(url)

    assert outcome.state is State.UNREADABLE
    assert outcome.why == "Its answer is longer than 524288 bytes."


@pytest.mark.parametrize(
    "start",
    [ENDLESS, b"HTTP/1.1 200 OK\r\n", b"", b"HTTP/1.1 100 Continue\r\n\r\n"],
    ids=["body", "headers", "status", "100"],
)
def test_an_answer_that_drips_is_cut_off_at_its_time_however_it_drips(start: bytes) -> None:
    began = time.monotonic()
    with answering(start, then=b"x", every_seconds=0.05) as url:
        outcome = asked_at(url, seconds=0.5)

    assert outcome.state is State.TOO_SLOW
    assert time.monotonic() - began < 3


def test_a_witness_that_says_nothing_is_too_slow_over_http_and_tls_and_holds_up_no_other(tmp_path: Path) -> None:
    tree, good = NumbersTree(5), ed25519_witness(2)
    with silent_port() as port, listening(remembering(tmp_path / "w"), good) as server:
        began = time.monotonic()
        outcomes = asked(
            tree,
            (W, f"http://127.0.0.1:{port}"),
            (good, server.url),
            (ml_dsa_witness(3), f"https://127.0.0.1:{port}"),
            seconds=0.7,
        )

    assert [outcome.state for outcome in outcomes] == [State.TOO_SLOW, State.COSIGNED, State.TOO_SLOW]
    assert time.monotonic() - began < 3


def certificate(path: Path) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return str(path)


def test_a_witness_whose_certificate_nobody_issued_is_not_reached(tmp_path: Path) -> None:
    with behind_tls(certificate(tmp_path / "own.pem")) as port:
        outcome = asked_at(f"https://localhost:{port}")

    assert outcome.state is State.UNREACHABLE
    assert "by TLS" in outcome.why


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1",
        "http://",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://me:secret@127.0.0.1/",
        "http://[::1/",
        "http://\u9274\u8bc1.test/",
    ],
)
def test_an_address_that_is_none_is_unreachable_and_not_looked_up(url: str) -> None:
    outcome = asked_at(url)

    assert (outcome.state, outcome.why) == (
        State.UNREACHABLE,
        "Its address is not http://host/path or https://host/path.",
    )


def test_a_witness_without_an_address_is_not_asked(tmp_path: Path) -> None:
    outcome = asked_at("")

    assert (outcome.state, outcome.why) == (State.NO_ADDRESS, "The policy gives it no address to ask.")


def test_tiles_that_are_damaged_are_our_own_matter_and_named_as_such(tmp_path: Path) -> None:
    tree: Tree = DamagedTree()
    with listening(remembering(tmp_path / "w"), W) as server:
        asked_at(server.url, NumbersTree(5))
        witnesses = policy_of((W, server.url)).witnesses
        [no_proof] = ask(NumbersTree(9).note(), tree, witnesses, clock=lambda: NOW)
        [no_root] = ask(NumbersTree(9).note(), tree, witnesses, clock=lambda: NOW, known_sizes={"W1": 9})

    assert no_proof.state is no_root.state is State.NO_PROOF
    assert "tile/0/000" in no_proof.why


def shown_by(tree: NumbersTree) -> bytes:
    """The head of `tree` as `W` shows it."""
    text = parse(tree.note().encode()).text
    return str(parse(tree.note().encode()).with_lines(W.cosign(text, NOW))).encode()


def test_a_refusal_is_looked_into_and_what_the_witness_shows_may_fit_after_all() -> None:
    with answering(reply(422, b"no"), reply(200, shown_by(NumbersTree(0)))) as url:
        nothing = asked_at(url)
    with answering(reply(422, b"no"), reply(200, shown_by(NumbersTree(3)))) as url:
        part_of_ours = asked_at(url)
    with answering(reply(422, b"no"), reply(200, shown_by(NumbersTree(3, turned=1)))) as url:
        another = asked_at(url)
    with answering(reply(422, b"no"), reply(200, shown_by(NumbersTree(3)))) as url:
        witnesses = policy_of((W, url)).witnesses
        [unknown] = ask(NumbersTree(5).note(), DamagedTree(), witnesses, clock=lambda: NOW)

    assert [o.state for o in (nothing, part_of_ours, another, unknown)] == [
        State.REFUSED,
        State.REFUSED,
        State.FORKED,
        State.NO_PROOF,
    ]
    assert part_of_ours.why == "It answers 422: no"
    assert "no root to compare with" in unknown.why


def test_a_witness_is_given_up_though_something_of_ours_holds_its_thread(tmp_path: Path) -> None:
    held = Event()

    class Slow(DamagedTree):
        def consistency(self, old_size: int) -> list[bytes]:
            held.wait(20)
            return []

    with answering(reply(409, b"3\n", SIZE)) as url:
        witnesses = policy_of((W, url)).witnesses
        [outcome] = ask(NumbersTree(5).note(), Slow(), witnesses, clock=lambda: NOW, seconds=0.1)
        held.set()

    assert (outcome.state, outcome.why) == (State.TOO_SLOW, "It did not answer in time.")


def test_without_time_nobody_is_asked(tmp_path: Path) -> None:
    with listening(remembering(tmp_path / "w"), W) as server:
        outcome = asked_at(server.url, seconds=0)

        assert (outcome.state, outcome.why) == (State.TOO_SLOW, "There was no time left to ask.")
        assert server.state.logs()[0].cosigned_at is None


def test_a_connection_that_nobody_accepts_is_too_slow() -> None:
    with full_port() as port:
        outcome = asked_at(f"http://127.0.0.1:{port}", seconds=0.4)

    assert (outcome.state, outcome.why) == (State.TOO_SLOW, "It could not be reached in time.")


def test_a_fault_of_ours_in_dealing_with_one_witness_is_an_outcome_too(tmp_path: Path) -> None:
    def no_clock() -> int:
        raise ZeroDivisionError

    tree = NumbersTree(5)
    with listening(remembering(tmp_path / "w"), W) as server:
        [outcome] = ask(tree.note(), tree, policy_of((W, server.url)).witnesses, clock=no_clock)

    assert outcome == Outcome("W1", State.UNREADABLE, "Its answer could not be dealt with: ZeroDivisionError.")


def test_looking_tells_what_each_witness_holds_and_what_is_wrong_with_it(ahead: Standing, tmp_path: Path) -> None:
    fresh = ed25519_witness(2)
    other_log = NumbersTree(4).note(origin="other.test")
    text = parse(other_log.encode()).text
    nowhere = f"http://127.0.0.1:{nobodys_port()}"
    of_another = str(parse(other_log.encode()).with_lines(W.cosign(text, NOW)))
    with (
        listening(ahead.state, W) as one,
        listening(remembering(tmp_path / "2"), fresh) as two,
        answering(reply(200, of_another.encode())) as three,
        answering(reply(503, b"")) as four,
        answering(ENDLESS, then=b"x" * 65536) as five,
    ):
        witnesses = [
            policy_of((key, url)).witnesses[0]
            for key, url in (
                (W, one.url),
                (fresh, two.url),
                (W, three),
                (W, four),
                (ml_dsa_witness(5), one.url),
                (W, five),
                (W, nowhere),
            )
        ]
        found = [look(ORIGIN, [witness])[0] for witness in witnesses]

    assert [outcome.state for outcome in found] == [
        State.HOLDS,
        State.HOLDS_NOTHING,
        State.UNREADABLE,
        State.REFUSED,
        State.WRONG_SIGNATURE,
        State.UNREADABLE,
        State.UNREACHABLE,
    ]
    assert found[0].head == TreeHead(9, NumbersTree(9).root)
    assert found[0].timestamp == NOW
    assert found[2].why == "What it shows is of the log 'other.test'."
