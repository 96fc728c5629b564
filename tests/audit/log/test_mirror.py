"""A mirror has all that its head answers for, whatever stops it; and it forgets no head that it has seen."""

import json
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from audit.log.alarming import FORK, ROLLBACK, UNPROVEN, MirrorAlarm, alarms_in
from audit.log.checkpoint import Checkpoint
from audit.log.cosignature import Ed25519Cosigner
from audit.log.fetching import FolderLog, SourceUnreachable, WebLog
from audit.log.folder import LogFolder
from audit.log.growing import grow
from audit.log.mirror import CheckpointRefused, Mirror
from audit.log.note import Ed25519Signer, parse
from audit.log.policy import Policy
from audit.log.policy_file import parse_policy
from audit.log.tiles import TilesDamaged
from audit.merkle import root_of, verify_consistency
from tests.audit.log.naive_reader import Log, read_head, read_log
from tests.audit.log.serving_logs import LOG, Answer, published, served, sign
from tests.audit.log.writing_logs import NOTHING, Numbers
from tests.journeys.commanding import HOUSE, environment

TRUST = parse_policy(f"log {LOG.vkey}\nquorum none\n".encode())
WITNESS = Ed25519Cosigner("witness.test", b"\x09" * 32)


def mirror(source: Path, to: Path, policy: Policy = TRUST, **how: Any) -> Mirror:
    return Mirror(FolderLog(source), LogFolder(to), policy, **how)


def read_whole(folder: Path, *, with_entries: bool = True) -> Log:
    """The mirror as another reader reads it, from its checkpoint to its last byte."""
    head = read_head((folder / "checkpoint").read_bytes(), LOG.vkey)
    return read_log(lambda path: (folder / path).read_bytes(), head, with_entries=with_entries)


def told(folder: Path, alarm: MirrorAlarm) -> Any:
    return json.loads((folder / alarm.evidence / "alarm.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000])
def test_a_mirror_of_any_size_is_a_log_that_another_reader_reads_whole(tmp_path: Path, size: int) -> None:
    published(tmp_path / "log", size)

    with served(tmp_path / "log") as web, WebLog(web.address) as source:
        round_ = Mirror(source, LogFolder(tmp_path / "mirror"), TRUST).bring_on()

    assert round_.checkpoint.size == size
    assert round_.size_before == 0
    assert read_whole(tmp_path / "mirror").entries == [Numbers().entry(index) for index in range(size)]


def test_a_mirror_of_70000_entries_is_brought_on_by_what_is_new_alone(tmp_path: Path) -> None:
    log = published(tmp_path / "log", 69_900)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    first = ours.bring_on()
    sign(log, grow(log, Numbers(), 70_000, NOTHING))

    second = ours.bring_on()

    assert (first.tiles, first.bundles) == (273 + 1 + 1 + 1 + 1, 274)
    assert (second.size_before, second.tiles, second.bundles) == (69_900, 1, 1)  # level 1 has nothing new
    assert len(read_whole(tmp_path / "mirror").entries) == 70_000


def test_partial_files_go_when_the_full_ones_have_taken_their_place(tmp_path: Path) -> None:
    log = published(tmp_path / "log", 100)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    sign(log, grow(log, Numbers(), 300, NOTHING))

    ours.bring_on()

    assert not (tmp_path / "mirror/tile/0/000.p").exists()
    assert not (tmp_path / "mirror/tile/entries/000.p").exists()
    assert (tmp_path / "mirror/tile/0/001.p/44").is_file()


def test_a_round_that_finds_nothing_new_asks_for_the_checkpoint_alone(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)

    with served(tmp_path / "log") as web, WebLog(web.address) as source:
        ours = Mirror(source, LogFolder(tmp_path / "mirror"), TRUST)
        ours.bring_on()
        web.asked.clear()
        again = ours.bring_on()

    assert (again.tiles, again.bundles, again.size_before) == (0, 0, 300)
    assert web.asked == {"checkpoint": 1}


def test_a_mirror_without_entries_takes_them_in_once_it_may(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    hashes = mirror(tmp_path / "log", tmp_path / "mirror", with_entries=False).bring_on()
    without = (tmp_path / "mirror/tile/entries").exists()

    whole = mirror(tmp_path / "log", tmp_path / "mirror").bring_on()

    assert (hashes.tiles, hashes.bundles, without) == (3, 0, False)
    assert (whole.tiles, whole.bundles) == (0, 2)
    assert len(read_whole(tmp_path / "mirror").entries) == 300


def test_a_mirror_is_itself_a_log_that_can_be_mirrored(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    mirror(tmp_path / "log", tmp_path / "first").bring_on()

    mirror(tmp_path / "first", tmp_path / "second").bring_on()

    assert read_whole(tmp_path / "second") == read_whole(tmp_path / "log")


def test_a_log_that_begins_empty_is_followed_from_its_first_entry(tmp_path: Path) -> None:
    log = LogFolder(tmp_path / "log")
    log.make()
    sign(log, NOTHING)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    empty = ours.bring_on()
    sign(log, grow(log, Numbers(), 3, NOTHING))

    assert empty.checkpoint.size == 0
    assert ours.bring_on().checkpoint.size == 3


def test_leaves_that_are_not_those_of_rfc_6962_are_checked_as_their_log_has_them(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    number_of = {Numbers().entry(index): Numbers().hash(index) for index in range(300)}

    mirror(tmp_path / "log", tmp_path / "right", leaf_of=number_of.__getitem__).bring_on()

    with pytest.raises(TilesDamaged, match="entry 1 gives the leaf"):
        mirror(tmp_path / "log", tmp_path / "wrong", leaf_of=lambda entry: bytes(32)).bring_on()


def test_one_size_with_two_roots_is_a_fork_and_both_signed_heads_are_kept(tmp_path: Path) -> None:
    log = published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    held = (tmp_path / "log/checkpoint").read_bytes()
    shutil.rmtree(tmp_path / "log")
    published(tmp_path / "log", 300, turned=200)

    with pytest.raises(MirrorAlarm, match=r"contradict each other.*Tell the discipline inspection") as alarm:
        ours.bring_on()

    assert alarm.value.kind == FORK
    evidence = tmp_path / "mirror" / alarm.value.evidence
    assert (evidence / "held").read_bytes() == held
    assert (evidence / "shown").read_bytes() == log.read("checkpoint")
    assert {read_head((evidence / name).read_bytes(), LOG.vkey).root for name in ("held", "shown")} == {
        root_of(Numbers(turned=turned).hashes(300)) for turned in (None, 200)
    }
    assert read_whole(tmp_path / "mirror").entries[250] == Numbers().entry(250)


def test_a_longer_history_that_is_another_is_a_fork_which_anybody_can_check(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    shutil.rmtree(tmp_path / "log")
    published(tmp_path / "log", 900, turned=200)

    with pytest.raises(MirrorAlarm) as alarm:
        ours.bring_on()

    proof = told(tmp_path / "mirror", alarm.value)
    contained, shown = bytes.fromhex(proof["contained_root"]), bytes.fromhex(proof["shown"]["root"])
    verify_consistency(300, contained, 900, shown, [bytes.fromhex(step) for step in proof["consistency"]])
    assert alarm.value.kind == proof["kind"] == FORK
    assert contained == root_of(Numbers(turned=200).hashes(300)) != bytes.fromhex(proof["held"]["root"])


def test_an_alarm_is_raised_again_and_its_proof_kept_once(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    published(tmp_path / "log", 200)

    for _ in range(3):
        with pytest.raises(MirrorAlarm) as alarm:
            ours.bring_on()

    assert alarms_in(LogFolder(tmp_path / "mirror")) == [alarm.value.evidence]
    assert alarms_in(LogFolder(tmp_path / "nowhere")) == []


def test_a_smaller_head_is_a_rollback_and_the_mirror_keeps_the_larger(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    shutil.rmtree(tmp_path / "log")
    published(tmp_path / "log", 299)

    with pytest.raises(MirrorAlarm, match="the log is shorter than it was") as alarm:
        ours.bring_on()

    assert (alarm.value.kind, alarm.value.held.size, alarm.value.shown.size) == (ROLLBACK, 300, 299)
    assert len(read_whole(tmp_path / "mirror").entries) == 300


def test_an_old_head_out_of_a_cache_is_asked_for_once_more_before_anybody_is_alarmed(tmp_path: Path) -> None:
    log = published(tmp_path / "log", 200)
    old = log.read("checkpoint") or b""
    published(tmp_path / "log", 300)

    def caching(path: str, times: int, headers: dict[str, str]) -> Answer | None:
        return Answer(200, old) if path == "checkpoint" and times == 1 else None

    with served(tmp_path / "log", caching) as web, WebLog(web.address) as source:
        ours = Mirror(source, LogFolder(tmp_path / "mirror"), TRUST)
        ours.bring_on()

        assert ours.bring_on().checkpoint.size == 300
        assert web.asked["checkpoint"] == 3


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_a_larger_head_that_is_not_shown_to_contain_the_smaller_is_unproven(tmp_path: Path, fault: str) -> None:
    log = published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    sign(log, grow(log, Numbers(), 900, NOTHING))
    edge = tmp_path / "log/tile/0/003.p/132"
    edge.unlink() if fault == "missing" else edge.write_bytes(bytes(32) + edge.read_bytes()[32:])

    with pytest.raises(MirrorAlarm, match="does not show that its new head contains") as alarm:
        ours.bring_on()

    assert alarm.value.kind == UNPROVEN
    assert "tile/0/003.p/132" in told(tmp_path / "mirror", alarm.value)["why"]["found"]


def test_a_head_whose_tiles_did_not_all_come_is_remembered_all_the_same(tmp_path: Path) -> None:
    log = published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    sign(log, grow(log, Numbers(), 2_000, NOTHING))
    (tmp_path / "log/tile/entries/003").unlink()
    with pytest.raises(TilesDamaged, match="tile/entries/003: it is missing"):
        ours.bring_on()
    shutil.rmtree(tmp_path / "log")
    published(tmp_path / "log", 2_000, turned=1_000)  # it adds to 300 well enough

    with pytest.raises(MirrorAlarm) as alarm:
        mirror(tmp_path / "log", tmp_path / "mirror").bring_on()

    assert (alarm.value.kind, alarm.value.held.size) == (FORK, 2_000)


@pytest.mark.parametrize("path", ["tile/0/002", "tile/1/000.p/3", "tile/entries/002", "tile/entries/003.p/132"])
@pytest.mark.parametrize("fault", ["cut", "changed", "missing"])
def test_a_damaged_file_of_the_log_is_named_and_does_not_enter_the_mirror(
    tmp_path: Path, path: str, fault: str
) -> None:
    published(tmp_path / "log", 900)
    file = tmp_path / "log" / path
    whole = file.read_bytes()
    file.write_bytes({"cut": whole[:-1], "changed": whole[:-1] + bytes([whole[-1] ^ 1]), "missing": b""}[fault])
    if fault == "missing":
        file.unlink()

    with pytest.raises(TilesDamaged, match=path.replace(".", r"\.")):
        mirror(tmp_path / "log", tmp_path / "mirror").bring_on()

    assert not (tmp_path / "mirror" / path).exists()
    assert not (tmp_path / "mirror/checkpoint").exists()


def test_damage_in_the_mirror_is_found_when_all_is_read_and_mended_from_the_log(tmp_path: Path) -> None:
    published(tmp_path / "log", 900)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    for path in ("tile/0/001", "tile/1/000.p/3", "tile/entries/000", "tile/entries/003.p/132"):
        file = tmp_path / "mirror" / path
        file.write_bytes(file.read_bytes()[:-3] + b"xyz")

    mended = ours.bring_on(whole=True)

    assert (mended.tiles, mended.bundles) == (2, 2)
    assert len(read_whole(tmp_path / "mirror").entries) == 900


def test_files_that_the_mirror_lost_come_again_with_the_next_process(tmp_path: Path) -> None:
    published(tmp_path / "log", 900)
    mirror(tmp_path / "log", tmp_path / "mirror").bring_on()
    (tmp_path / "mirror/tile/0/001").unlink()
    (tmp_path / "mirror/tile/entries/002").unlink()

    again = mirror(tmp_path / "log", tmp_path / "mirror").bring_on()

    assert (again.tiles, again.bundles) == (1, 1)


def test_a_head_that_the_policy_does_not_believe_changes_nothing(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    thief, other = Ed25519Signer(LOG.name, b"\x66" * 32), Ed25519Signer("log.test/other", b"\x67" * 32)
    knows_both = parse_policy(f"log {LOG.vkey}\nlog {other.vkey}\nquorum none\n".encode())

    published(tmp_path / "log", 400, signer=thief)
    with pytest.raises(CheckpointRefused, match="not to be believed: No known key signed"):
        ours.bring_on()
    published(tmp_path / "log", 400, signer=other)
    with pytest.raises(CheckpointRefused, match=r"This mirror is of log.test/money, and log.test/other is shown"):
        mirror(tmp_path / "log", tmp_path / "mirror", knows_both).bring_on()

    assert ours.held() == Checkpoint(LOG.name, 300, root_of(Numbers().hashes(300)))


def test_a_head_without_the_quorum_is_not_taken_but_its_fork_is_cried_out(tmp_path: Path) -> None:
    policy = parse_policy(f"log {LOG.vkey}\nwitness W {WITNESS.key.vkey}\nquorum W\n".encode())
    log = published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror", policy)
    with pytest.raises(CheckpointRefused, match=r"lacks cosignatures: no cosignature of W"):
        ours.bring_on()
    note = parse(log.read("checkpoint") or b"")
    log.write("checkpoint", str(note.with_lines(WITNESS.cosign(note.text, 1_700_000_000))).encode())

    seen = ours.bring_on().verdict.seen
    published(tmp_path / "log", 300, turned=100)

    assert [(witness.witness, witness.timestamp) for witness in seen] == [("W", 1_700_000_000)]
    with pytest.raises(MirrorAlarm):
        ours.bring_on()


def test_a_place_without_a_checkpoint_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachable, match="There is no checkpoint"):
        mirror(tmp_path / "nothing", tmp_path / "mirror").bring_on()

    assert mirror(tmp_path / "nothing", tmp_path / "mirror").held() is None


def test_a_mirror_whose_own_checkpoint_was_spoiled_says_so_and_does_not_begin_anew(tmp_path: Path) -> None:
    published(tmp_path / "log", 300)
    ours = mirror(tmp_path / "log", tmp_path / "mirror")
    ours.bring_on()
    (tmp_path / "mirror/checkpoint").write_bytes(b"")

    with pytest.raises(CheckpointRefused, match="is no checkpoint any more"):
        ours.bring_on()


def follower(source: Path, to: Path, fatal: int) -> subprocess.Popen[str]:
    """A mirror that dies at its `fatal`-th operation on the disk."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.audit.log.killed_mirror", str(source), str(to), str(fatal)],
        cwd=HOUSE,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_mirror_killed_at_any_operation_goes_on_and_never_shows_a_head_it_lacks(tmp_path: Path) -> None:
    log = published(tmp_path / "log", 600)
    mirror(tmp_path / "log", tmp_path / "before").bring_on()
    sign(log, grow(log, Numbers(), 800, NOTHING))
    shutil.copytree(tmp_path / "before", tmp_path / "first")
    first, _ = follower(tmp_path / "log", tmp_path / "first", 0).communicate()

    for fatal in range(1, int(first) + 1):
        ours = tmp_path / str(fatal)
        shutil.copytree(tmp_path / "before", ours)
        killed = follower(tmp_path / "log", ours, fatal)
        killed.communicate()
        assert killed.returncode < 0
        assert len(fallen_back(ours).entries) in (600, 800)
        mirror(tmp_path / "log", ours).bring_on()
        assert len(read_whole(ours).entries) == 800


def fallen_back(folder: Path) -> Log:
    """The killed mirror as a client reads it, who takes the full file where a partial one has gone."""

    def fetch(path: str) -> bytes:
        whole, _, width = path.partition(".p/")
        if (folder / path).is_file() or not width:
            return (folder / path).read_bytes()
        held = (folder / whole).read_bytes()
        if not path.startswith("tile/entries/"):
            return held[: 32 * int(width)]
        at = 0
        for _ in range(int(width)):
            at += 2 + int.from_bytes(held[at : at + 2], "big")
        return held[:at]

    return read_log(fetch, read_head((folder / "checkpoint").read_bytes(), LOG.vkey))


def test_memory_does_not_grow_with_the_log_that_is_mirrored(tmp_path: Path) -> None:
    def peak(size: int) -> int:
        published(tmp_path / f"log-{size}", size)
        tracemalloc.start()
        mirror(tmp_path / f"log-{size}", tmp_path / f"mirror-{size}").bring_on()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(20_000), peak(60_000)

    assert large < 1.5 * small + 200_000
