"""The witnesses of a ledger's log: who is asked and when, and ledgers that may not sign because of what they saw."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

from api.ledger import Ledger, Placed
from api.public_log import CHECKPOINT, PublicLog, Published
from api.witnessing import POLICY, RECORD, ask_before_signing, cosigner, told
from audit.book import Book
from audit.log.checkpoint import Checkpoint
from audit.log.cosignature import Cosigner, timestamp_of
from audit.log.note import Ed25519Signer, parse, signed
from audit.log.policy_file import parse_policy
from audit.log.witness import Witness, submission
from audit.log.witness_state import WitnessState
from domain.clock import wall_clock
from domain.control import LedgerOpened
from domain.event import SYSTEM, BookName
from domain.refusal import Refused
from tests.api.conftest import NAME, PLACE
from tests.audit.log.hostile_witnesses import SIZE, answering, nobodys_port, reply
from tests.audit.log.standing_witnesses import (
    Standing,
    ed25519_witness,
    listening,
    ml_dsa_witness,
    policy_text,
    remembering,
)

MONEY = BookName.MONEY
STRANGER = Ed25519Signer("stranger.test", b"\x22" * 32)
SEED = b"\x21" * 32
MINUTE, DAY = 60, 86_400


class Time:
    """One clock for the office and its witnesses."""

    def __init__(self) -> None:
        self.seconds = int(wall_clock().timestamp())

    def __call__(self) -> int:
        return self.seconds


class Process:
    """A process of the office: what it has been told it forgets when it ends."""

    def __init__(self, ledger: Ledger, time: Time) -> None:
        self.folder, self.storage = ledger.folder, ledger.storage
        self._ledger = ledger
        self._time = time
        self.clock = lambda: datetime.fromtimestamp(time(), UTC)
        self.log = PublicLog(self, MONEY)
        self.signer = Ed25519Signer(self.log.origin, SEED)

    def book(self, name: BookName) -> Book:
        return self._ledger.book(name)

    def publish(self) -> Published:
        """As the server does."""
        ask_before_signing(self, MONEY)
        return self.hand_over()

    def hand_over(self) -> Published:
        """Without asking first."""
        published = self.log.publish([self.signer], cosign=cosigner(self, MONEY))
        assert published is not None
        return published

    def told(self) -> dict[str, Any]:
        """What stands on record."""
        record = told(self, MONEY)
        assert record is not None
        return record

    def told_of(self, witness: str) -> tuple[str, str, int | None, int]:
        """State, why, size and failures of a witness."""
        [entry] = [entry for entry in self.told()["witnesses"] if entry["witness"] == witness]
        return entry["state"], entry["why"], entry["size"], entry["failures"]

    def is_believed(self, published: Published) -> str:
        """What the office's own policy finds missing."""
        raw = self.log.folder.read(POLICY)
        assert raw is not None
        return parse_policy(raw).judge(published.note.encode()).missing


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def office(empty_ledger: Ledger, time: Time) -> Process:
    """An office with four entries in its money book."""
    grow(empty_ledger, 3)
    return Process(empty_ledger, time)


def grow(ledger: Ledger, by: int, *, label: str = "more") -> None:
    """Append entries that nobody else has."""
    for number in range(by):
        opened = LedgerOpened(
            **ledger.envelope(LedgerOpened, actor=SYSTEM),
            division_code=PLACE,
            division_name=NAME,
            rule_pack_version="1",
        )
        stream = ledger.stream("ledger", label, str(ledger.money.head.position), str(number))
        ledger.append(MONEY, [Placed(stream, 1, opened)])


def write_policy(office: Process, *witnesses: tuple[Cosigner, str], quorum: str = "all") -> None:
    office.log.folder.make()
    text = policy_text(*witnesses, quorum=quorum, vkey=office.signer.vkey)
    office.log.folder.write(POLICY, text.encode())


Stand = Callable[[Cosigner], Standing]


@pytest.fixture
def stand(office: Process, tmp_path: Path, time: Time) -> Iterator[Stand]:
    """Lets witnesses of the office's log listen until the test ends."""
    with ExitStack() as listeners:

        def standing(cosigner: Cosigner) -> Standing:
            state = remembering(tmp_path / f"{cosigner.key.name}.db", office.signer)
            return listeners.enter_context(listening(state, cosigner, clock=time))

        yield standing


@pytest.fixture
def witness(office: Process, stand: Stand) -> Standing:
    """The one witness that the office's policy names."""
    standing = stand(ml_dsa_witness(1))
    write_policy(office, (standing.cosigners[0], standing.url))
    return standing


def again(office: Process) -> Process:
    """The office's next process."""
    return Process(office._ledger, office._time)


def times_in(published: Published, witness: Standing) -> list[int]:
    """When that witness says in a note that it cosigned."""
    key = witness.cosigners[0].key
    return [timestamp_of(line) for line in parse(published.note.encode()).signatures if line.key_id == key.key_id]


def test_without_a_policy_nobody_is_asked_and_the_note_is_as_it_was(office: Process) -> None:
    published = office.publish()

    assert len(parse(published.note.encode()).signatures) == 1
    assert told(office, MONEY) is None


def test_a_policy_without_witnesses_asks_nobody_either(office: Process) -> None:
    write_policy(office, quorum="none")

    office.publish()

    assert told(office, MONEY) is None


def test_two_in_three_cosign_while_one_is_down_and_the_checkpoint_shows_it(office: Process, stand: Stand) -> None:
    one, two = stand(ml_dsa_witness(1)), stand(ed25519_witness(2))
    down = ml_dsa_witness(3), f"http://127.0.0.1:{nobodys_port()}"
    write_policy(office, (one.cosigners[0], one.url), (two.cosigners[0], two.url), down, quorum="2")

    published = office.publish()

    visible = office.log.published()
    assert visible == published
    assert office.is_believed(published) == ""
    assert len(parse(published.note.encode()).signatures) == 3
    assert [office.told_of(f"W{n}")[0] for n in (1, 2, 3)] == ["cosigned", "cosigned", "unreachable"]
    assert office.told()["missing"] == ""
    assert office.told()["size"] == 4


def test_a_head_that_was_cosigned_is_not_handed_over_again_until_it_is_a_day_old(
    office: Process, witness: Standing, time: Time
) -> None:
    first = office.publish()
    began = time.seconds
    time.seconds += DAY - MINUTE
    same = office.publish()
    time.seconds += 2 * MINUTE
    renewed = office.publish()

    assert first == same
    assert times_in(renewed, witness) == [began + DAY + MINUTE]
    assert office.is_believed(renewed) == ""


def test_a_witness_that_is_down_is_asked_again_later_and_less_and_less_often(
    office: Process, time: Time, tmp_path: Path
) -> None:
    cosigner, port = ml_dsa_witness(1), nobodys_port()
    office.publish()  # something was signed before there were witnesses
    write_policy(office, (cosigner, f"http://127.0.0.1:{port}"))
    failures = []
    for minutes in (0, 1, 1, 2, 4, 8, 16, 16):
        time.seconds += minutes * MINUTE
        office.publish()
        failures.append(office.told_of("W1")[3])
    with listening(remembering(tmp_path / "w.db", office.signer), cosigner, clock=time, port=port) as up:
        time.seconds += 15 * MINUTE
        early = office.publish()
        time.seconds += MINUTE
        late = office.publish()

    assert failures == [1, 2, 2, 3, 4, 5, 6, 7]
    assert times_in(early, up) == []
    assert times_in(late, up) == [time.seconds]
    assert office.told_of("W1") == ("cosigned", "", 4, 0)


def test_a_new_address_or_a_clock_that_went_back_does_not_leave_a_witness_alone(
    office: Process, stand: Stand, time: Time
) -> None:
    office.publish()
    up, down = stand(ml_dsa_witness(1)), f"http://127.0.0.1:{nobodys_port()}"
    write_policy(office, (up.cosigners[0], down))
    failures = []
    for seconds in (0, 1, -DAY):
        time.seconds += seconds
        office.publish()
        failures.append(office.told_of("W1")[3])

    write_policy(office, (up.cosigners[0], up.url))
    published = office.publish()

    assert failures == [1, 1, 2]
    assert times_in(published, up) == [time.seconds]


def test_a_cosignature_that_was_spoilt_on_the_disk_is_asked_for_anew(office: Process, witness: Standing) -> None:
    published = office.publish()
    note = parse(published.note.encode())
    last = note.signatures[-1]
    spoilt = last._replace(signature=last.signature[:-1] + bytes([last.signature[-1] ^ 1]))
    office.log.folder.write(CHECKPOINT, str(note._replace(signatures=(*note.signatures[:-1], spoilt))).encode())

    mended = office.publish()

    office.log.folder.write(CHECKPOINT, str(note._replace(signatures=(*note.signatures[:-1], spoilt))).encode())
    write_policy(office, (witness.cosigners[0], f"http://127.0.0.1:{nobodys_port()}"))
    while_it_is_down = again(office).publish()

    assert office.is_believed(mended) == ""
    assert len(parse(mended.note.encode()).signatures) == 2
    assert (
        office.is_believed(while_it_is_down) == "all-of-them has 0 of the 1 that it needs (none; no cosignature of W1)"
    )


def test_a_growing_log_is_cosigned_at_each_head_and_after_a_restart(office: Process, witness: Standing) -> None:
    office.publish()
    grow(office._ledger, 300)
    middle = office.publish()
    grow(office._ledger, 2)
    restarted = again(office)
    last = restarted.publish()

    assert [p.checkpoint.size for p in (middle, last)] == [304, 306]
    assert restarted.is_believed(middle) == restarted.is_believed(last) == ""
    assert witness.state.logs()[0].head == last.head


def copied(ledger: Ledger, to: Path) -> Path:
    """The ledger's folder as it is now."""
    for file in ledger.folder.path.glob("*.db"):
        assert file.exists()
    return Path(shutil.copytree(ledger.folder.path, to))


def signed_bytes(office: Process) -> bytes | None:
    return office.log.folder.read("signed")


@pytest.mark.parametrize("with_its_log", [True, False])
def test_an_older_copy_that_was_put_back_signs_nothing_and_says_why(
    office: Process, witness: Standing, tmp_path: Path, *, with_its_log: bool
) -> None:
    office.publish()
    older = copied(office._ledger, tmp_path / "older")
    grow(office._ledger, 3)
    office.publish()
    if not with_its_log:
        shutil.rmtree(older / "log")
    with Ledger.open(older) as ledger:
        restored = Process(ledger, office._time)
        write_policy(restored, (witness.cosigners[0], witness.url))
        before = signed_bytes(restored)
        grow(ledger, 1)

        with pytest.raises(Refused) as refused:
            restored.publish()
        after = signed_bytes(restored)

        grow(ledger, 4)
        with pytest.raises(Refused) as forked:
            restored.publish()
        assert signed_bytes(restored) == before

    assert refused.value.code == forked.value.code == "E-PROOF"
    assert refused.value.why == (
        "The witness W1 contradicts the book money. It cosigned 7 entries, and the book ends at entry 5. "
        "A key of this log signed that head."
    )
    assert "restore the newest backup" in refused.value.remedy
    assert before == after
    assert "At 7 entries it cosigned the root" in forked.value.why


def test_a_contradiction_holds_though_its_witness_is_silent_until_the_newest_copy_is_back(
    office: Process, witness: Standing, tmp_path: Path
) -> None:
    office.publish()
    older = copied(office._ledger, tmp_path / "older")
    grow(office._ledger, 3)
    office.publish()
    with Ledger.open(older) as ledger:
        restored = Process(ledger, office._time)
        with pytest.raises(Refused):
            restored.publish()
        write_policy(restored, (witness.cosigners[0], f"http://127.0.0.1:{nobodys_port()}"))

        with pytest.raises(Refused) as refused:
            again(restored).publish()

    record = older / "log" / "money" / RECORD
    shutil.copy(record, office.log.folder.path / RECORD)
    back = again(office).publish()
    assert refused.value.code == "E-PROOF"
    assert "It cosigned 7 entries" in refused.value.why
    assert office.is_believed(back) == ""
    assert office.told_of("W1")[0] == "holds"


def test_a_head_that_a_witness_contradicts_is_never_shown_nor_another_signed(
    office: Process, witness: Standing, tmp_path: Path
) -> None:
    office.publish()
    older = copied(office._ledger, tmp_path / "older")
    grow(office._ledger, 3)
    office.publish()
    with Ledger.open(older) as ledger:
        restored = Process(ledger, office._time)
        shown = restored.log.published()
        grow(ledger, 1)

        with pytest.raises(Refused) as at_handing_over:
            restored.hand_over()
        signed_once = signed_bytes(restored)
        grow(ledger, 1)
        with pytest.raises(Refused) as before_signing:
            restored.publish()

        assert at_handing_over.value.code == before_signing.value.code == "E-PROOF"
        assert "It cosigned 7 entries, and 5 are offered." in at_handing_over.value.why
        assert restored.log.published() == shown
        assert signed_bytes(restored) == signed_once
        assert '"shows"' in (older / "log" / "money" / RECORD).read_text()


def test_a_log_whose_files_are_lost_is_made_again_and_fits_what_the_witness_holds(
    office: Process, witness: Standing
) -> None:
    grow(office._ledger, 300)
    lost = office.publish()
    policy = office.log.folder.read(POLICY)
    shutil.rmtree(office.log.folder.path)
    office.log.folder.make()
    office.log.folder.write(POLICY, policy or b"")
    grow(office._ledger, 1)

    found = again(office).publish()

    assert found.checkpoint.size == lost.checkpoint.size + 1
    assert office.is_believed(found) == ""


def test_tiles_that_are_damaged_do_not_hide_what_the_book_itself_holds(office: Process, witness: Standing) -> None:
    uncosigned = office.publish().note.partition("\n— w1")[0] + "\n"
    for file in (office.log.folder.path / "tile" / "0").rglob("*"):
        if file.is_file():
            file.write_bytes(bytes(32 * 4))

    ask_before_signing(again(office), MONEY)

    assert office.told_of("W1")[:3] == ("holds", "", 4)
    with pytest.raises(Refused) as refused:
        cosigner(office, MONEY)(uncosigned)
    assert refused.value.code == "E-PROOF"


@pytest.mark.parametrize(("down", "may_sign"), [(1, True), (2, False), (3, False)])
def test_a_ledger_that_signed_nothing_waits_for_those_who_could_know_better(
    office: Process, stand: Stand, down: int, *, may_sign: bool
) -> None:
    keys = [ml_dsa_witness(1), ed25519_witness(2), ed25519_witness(3)]
    urls = [f"http://127.0.0.1:{nobodys_port()}" if n < down else stand(key).url for n, key in enumerate(keys)]
    write_policy(office, *zip(keys, urls, strict=True), quorum="2")

    if may_sign:
        assert office.is_believed(office.publish()) == ""
        return
    with pytest.raises(Refused) as refused:
        office.publish()

    assert refused.value.code == "E-STATE"
    assert f"{down} of its witnesses do not say" in refused.value.why
    assert signed_bytes(office) is None


def test_without_a_quorum_one_witness_that_answers_is_enough_and_none_is_not(office: Process, stand: Stand) -> None:
    down = ed25519_witness(2), f"http://127.0.0.1:{nobodys_port()}"
    write_policy(office, down, quorum="none")
    with pytest.raises(Refused) as refused:
        office.publish()
    one = stand(ml_dsa_witness(1))
    write_policy(office, (one.cosigners[0], one.url), down, quorum="none")

    published = office.publish()

    assert refused.value.code == "E-STATE"
    assert len(times_in(published, one)) == 1


def test_a_ledger_that_remembers_what_it_signed_goes_on_while_all_witnesses_are_down(
    office: Process, time: Time
) -> None:
    office.publish()
    write_policy(office, (ml_dsa_witness(1), f"http://127.0.0.1:{nobodys_port()}"))
    grow(office._ledger, 1)

    published = again(office).publish()

    assert published.checkpoint.size == 5
    assert office.is_believed(published) == "all-of-them has 0 of the 1 that it needs (none; no cosignature of W1)"
    assert office.told_of("W1")[0] == "unreachable"


@pytest.mark.postgresql
def test_what_the_shared_database_remembers_is_remembered_by_a_machine_that_signed_nothing(
    ledger_in_a_database: Ledger, time: Time
) -> None:
    one = Process(ledger_in_a_database, time)
    one.publish()
    shutil.rmtree(one.log.folder.path)
    write_policy(one, (ml_dsa_witness(1), f"http://127.0.0.1:{nobodys_port()}"))

    ask_before_signing(again(one), MONEY)

    assert signed_bytes(one) is None
    assert one.told_of("W1")[0] == "unreachable"


def test_a_stranger_who_claims_more_does_not_stop_the_office(office: Process) -> None:
    office.publish()
    with answering(reply(404, b""), reply(409, b"99\n", SIZE), reply(404, b"")) as url:
        write_policy(office, (ml_dsa_witness(1), url))
        grow(office._ledger, 1)

        published = office.publish()

    assert published.checkpoint.size == 5
    assert office.told_of("W1")[0] == "claims_more"


def test_a_witness_that_lost_its_memory_is_told_of_and_asked_all_the_same(
    office: Process, witness: Standing, tmp_path: Path, time: Time
) -> None:
    office.publish()
    grow(office._ledger, 1)
    fresh: WitnessState = remembering(tmp_path / "fresh.db", office.signer)
    with listening(fresh, *witness.cosigners, clock=time) as forgetful:
        write_policy(office, (witness.cosigners[0], forgetful.url))
        restarted = again(office)
        ask_before_signing(restarted, MONEY)
        asked = restarted.told_of("W1")
        published = restarted.hand_over()

    assert asked == (
        "holds_nothing",
        "It has cosigned nothing of this log. It held 4 entries before: it has lost its memory.",
        0,
        0,
    )
    assert office.is_believed(published) == ""


def test_a_witness_that_forgets_what_it_held_against_the_book_takes_nothing_back(
    office: Process, time: Time, tmp_path: Path
) -> None:
    cosigner, port = ml_dsa_witness(1), nobodys_port()
    write_policy(office, (cosigner, f"http://127.0.0.1:{port}"))
    state = remembering(tmp_path / "w.db", office.signer)
    larger = submission(0, [], signed(Checkpoint(office.log.origin, 99, bytes(32)).text, [office.signer]))
    Witness(state, [cosigner]).answer("POST", "/add-checkpoint", larger, time())
    refusals = []
    for memory in (state, remembering(tmp_path / "fresh.db", office.signer)):
        time.seconds += 20 * MINUTE
        with listening(memory, cosigner, clock=time, port=port), pytest.raises(Refused) as refused:
            again(office).publish()
        refusals.append(refused.value.why)
    record = office.told()
    record["witnesses"][0]["shows"] = "spoilt"
    office.log.folder.write(RECORD, json.dumps(record).encode())
    with pytest.raises(Refused) as spoilt:
        again(office).publish()
    write_policy(office, quorum="none")

    published = again(office).publish()

    assert refusals[0] == refusals[1]
    assert "It cosigned 99 entries" in spoilt.value.why
    assert published.checkpoint.size == 4


def test_a_new_process_asks_at_once_though_the_last_one_asked_in_vain(
    office: Process, time: Time, tmp_path: Path
) -> None:
    cosigner, port = ml_dsa_witness(1), nobodys_port()
    office.publish()
    write_policy(office, (cosigner, f"http://127.0.0.1:{port}"))
    office.publish()
    state = remembering(tmp_path / "w.db", office.signer)
    larger = submission(0, [], signed(Checkpoint(office.log.origin, 99, bytes(32)).text, [office.signer]))
    Witness(state, [cosigner]).answer("POST", "/add-checkpoint", larger, time())

    with listening(state, cosigner, clock=time, port=port):
        same_process = office.publish()
        with pytest.raises(Refused) as refused:
            again(office).publish()

    assert same_process.checkpoint.size == 4
    assert "It cosigned 99 entries, and the book ends at entry 4." in refused.value.why


def test_a_head_that_no_known_key_signed_stops_the_log_too_and_says_so(office: Process, witness: Standing) -> None:
    text = Checkpoint(office.log.origin, 99, bytes(32)).text
    witness.state.trust(STRANGER.key, office.log.origin)
    by_a_stranger = submission(0, [], signed(text, [STRANGER]))
    handed = Witness(witness.state, witness.cosigners).answer("POST", "/add-checkpoint", by_a_stranger, office._time())

    with pytest.raises(Refused) as refused:
        office.publish()

    assert handed.status == 200
    assert refused.value.code == "E-PROOF"
    assert "a newer key did, or the witness made it up" in refused.value.why


def test_a_policy_that_cannot_be_read_stops_the_log_and_names_the_line(office: Process) -> None:
    office.log.folder.make()
    office.log.folder.write(POLICY, b"witness W1 nonsense\nquorum W1\n")

    with pytest.raises(Refused) as refused:
        office.publish()

    assert refused.value.code == "E-SCHEMA"
    assert "Line 1 of the policy" in refused.value.why
    assert signed_bytes(office) is None


@pytest.mark.parametrize("damaged", [b"{", b"[]", b"\xff", b'{"witnesses":[{"key":"w"}]}'])
def test_a_record_that_is_no_record_is_made_again(office: Process, witness: Standing, damaged: bytes) -> None:
    office.log.folder.write(RECORD, damaged)

    published = office.publish()

    assert office.is_believed(published) == ""
    assert office.told_of("W1")[0] == "cosigned"


def test_what_is_known_of_witnesses_is_forgotten_with_its_ledger(office: Process, witness: Standing) -> None:
    passing = again(office)
    passing.publish()
    gone = ref(passing)

    del passing

    assert gone() is None
