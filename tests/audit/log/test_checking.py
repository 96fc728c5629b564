"""The office's own look at what it publishes: whatever was changed in a log's folder, or its book, is named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit.log.checking import KINDS, LogReport, Published, Sound, check_log
from audit.log.checkpoint import Checkpoint
from audit.log.comparing import Record
from audit.log.cosignature import Ed25519Cosigner
from audit.log.folder import LogFolder
from audit.log.keyring import TrustedKey
from audit.log.note import Ed25519Signer, parse, signed
from audit.log.policy_file import parse_policy
from audit.merkle import root_of
from tests.audit.log.serving_logs import LOG, published
from tests.audit.log.writing_logs import Numbers

SIZE = 70_000
THIEF = Ed25519Signer(LOG.name, b"\x66" * 32)
WITNESS = Ed25519Cosigner("witness.test", b"\x09" * 32)
POLICY = f"log {LOG.vkey}\nwitness W {WITNESS.key.vkey}\nquorum W\n"

Check = Callable[..., LogReport]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 70,000 entries; whoever changes a file of it puts it back."""
    folder = published(tmp_path_factory.mktemp("kept"), SIZE)
    folder.write("signed", folder.read("checkpoint") or b"")
    return folder.path


@pytest.fixture
def folder(kept: Path) -> Iterator[Path]:
    """The log, with whatever a test writes over taken back at its end."""
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    yield kept
    for path, content in before.items():
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


@pytest.fixture
def check(folder: Path) -> Check:
    def done(
        *, book: Numbers | None = None, size: int = SIZE, policy: str = "", since: Sound | None = None
    ) -> LogReport:
        says = book or Numbers()

        def behind(position: int) -> Iterator[Record]:
            return (Record(index + 1, says.hash(index)) for index in range(position, size))

        trusted = parse_policy(policy.encode()) if policy else None
        log = Published(LogFolder(folder), LOG.name, [TrustedKey(LOG.vkey)], trusted)
        return check_log(log, behind, since)

    return done


def named(report: LogReport) -> list[tuple[int, str]]:
    return [(finding.position, finding.kind) for finding in report.findings]


def sign(path: Path, size: int, root: bytes, *, by: Ed25519Signer = LOG) -> None:
    path.write_bytes(signed(Checkpoint(LOG.name, size, root).text, [by]).encode())


def test_a_log_that_nobody_touched_is_sound_and_says_who_signed_it(check: Check) -> None:
    report = check()

    assert report.findings == ()
    assert report.head == Checkpoint(LOG.name, SIZE, root_of(Numbers().hashes(SIZE)))
    assert (report.keys, report.seen, report.lacking) == ((LOG.vkey,), (), "")


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("tile/0/000", 1),
        ("tile/0/272", 272 * 256 + 1),
        ("tile/0/273.p/112", 1),  # the last tiles together give the root: which of them it was, they cannot tell
        ("tile/1/000", 1),
        ("tile/2/000.p/1", 1),
        ("tile/entries/007", 7 * 256 + 1),
        ("tile/entries/273.p/112", 273 * 256 + 1),
    ],
)
@pytest.mark.parametrize("fault", ["changed", "cut", "missing"])
def test_a_tile_or_bundle_that_was_changed_or_lost_is_named(
    folder: Path, check: Check, path: str, position: int, fault: str
) -> None:
    file = folder / path
    whole = file.read_bytes()
    if fault == "missing":
        file.unlink()
    else:
        file.write_bytes(whole[:-1] if fault == "cut" else whole[:-1] + bytes([whole[-1] ^ 1]))

    report = check()

    assert named(report) == [(position, "tile")]
    assert path in f"{report.findings[0].expected} {report.findings[0].found}"


def test_a_record_that_is_not_the_published_one_is_named_with_both_hashes(check: Check) -> None:
    class Edited(Numbers):
        def entry(self, index: int) -> bytes:
            return b"edited" if index == 41_000 else super().entry(index)

    [finding] = check(book=Edited()).findings

    assert (finding.position, finding.kind) == (41_001, "changed")
    assert (finding.expected, finding.found) == (Numbers().hash(41_000).hex(), Edited().hash(41_000).hex())


def test_records_that_were_published_and_are_gone_at_the_end_are_missing(check: Check) -> None:
    assert named(check(size=SIZE - 2)) == [(SIZE - 1, "missing"), (SIZE, "missing")]


def test_a_book_that_has_more_than_was_published_is_sound(check: Check) -> None:
    assert check(size=SIZE + 500).findings == ()


@pytest.mark.parametrize("path", ["checkpoint", "signed"])
def test_a_head_that_another_key_signed_is_named_with_its_file(folder: Path, check: Check, path: str) -> None:
    sign(folder / path, SIZE, root_of(Numbers().hashes(SIZE)), by=THIEF)

    [finding] = check().findings

    assert (finding.kind, finding.expected) == ("checkpoint", f"{path}: signed by the keys of {LOG.name}")
    assert "No known key signed the note" in (finding.found or "")


def test_a_signed_head_of_one_size_with_another_root_is_named(folder: Path, check: Check) -> None:
    sign(folder / "checkpoint", SIZE, bytes(32))

    [finding] = check().findings

    assert (finding.position, finding.kind, finding.found) == (SIZE, "checkpoint", bytes(32).hex())


def test_a_public_head_that_is_larger_than_the_one_remembered_is_named(folder: Path, check: Check) -> None:
    sign(folder / "checkpoint", SIZE + 1, bytes(32))

    assert named(check()) == [(SIZE, "checkpoint")]


def test_a_public_head_that_lags_behind_the_signed_one_is_sound(folder: Path, check: Check) -> None:
    sign(folder / "checkpoint", 300, root_of(Numbers().hashes(300)))

    assert check().findings == ()


def test_a_log_whose_last_signed_head_was_taken_away_is_not_sound(folder: Path, check: Check) -> None:
    (folder / "signed").unlink()

    report = check()

    assert named(report) == [(SIZE, "checkpoint")]
    assert report.head is None


def test_a_log_that_was_never_published_has_nothing_to_find(tmp_path: Path) -> None:
    log = Published(LogFolder(tmp_path), LOG.name, [], None)

    assert check_log(log, lambda position: [], None).findings == ()


def test_what_was_sound_before_is_not_read_again_while_it_is_contained(folder: Path, check: Check) -> None:
    (folder / "tile/entries/007").unlink()

    assert check(since=Sound(60_000, root_of(Numbers().hashes(60_000)))).findings == ()
    assert named(check(since=Sound(0, bytes(32)))) == [(7 * 256 + 1, "tile")]


@pytest.mark.parametrize("since", [Sound(60_000, bytes(32)), Sound(SIZE + 1, bytes(32))])
def test_a_log_that_contains_no_more_what_was_sound_before_is_read_whole(
    folder: Path, check: Check, since: Sound
) -> None:
    (folder / "tile/entries/007").unlink()

    assert named(check(since=since)) == [(7 * 256 + 1, "tile"), (min(since.size, SIZE), "checkpoint")]


def test_cosignatures_are_told_and_a_quorum_that_lacks_is_no_finding(folder: Path, check: Check) -> None:
    without = check(policy=POLICY)
    note = parse((folder / "checkpoint").read_bytes())
    (folder / "checkpoint").write_text(
        str(note.with_lines(WITNESS.cosign(note.text, 1_700_000_000))), encoding="utf-8", newline="\n"
    )

    cosigned = check(policy=POLICY)

    assert (without.findings, without.lacking) == ((), "no cosignature of W")
    assert ([seen.witness for seen in cosigned.seen], cosigned.lacking) == (["W"], "")


def test_a_witness_s_line_that_does_not_verify_is_named(folder: Path, check: Check) -> None:
    note = parse((folder / "checkpoint").read_bytes())
    line = WITNESS.cosign(note.text.replace(str(SIZE), "7"), 1_700_000_000)
    (folder / "checkpoint").write_text(str(note.with_lines(line)), encoding="utf-8", newline="\n")

    assert named(check(policy=POLICY)) == [(SIZE, "cosignature")]


def test_every_kind_of_finding_is_explained() -> None:
    assert list(KINDS) == ["tile", "checkpoint", "cosignature", "changed", "missing", "inserted", "moved", "doubled"]
