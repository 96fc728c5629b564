"""Reading somebody else's log: within limits, with patience, and carrying a token nowhere else."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from audit.log.fetching import FolderLog, Patience, SourceUnreachable, WebLog, longest_at, source_at
from audit.log.note import LONGEST_NOTE_BYTES
from audit.log.tiles import TilesDamaged
from tests.audit.log.serving_logs import Answer, published, served, zipped

HASTY = Patience(silence_seconds=2.0, answer_seconds=2.0, waits_seconds=(0.0, 0.25, 0.5))


def read(address: str, path: str, **how: Any) -> bytes | None:
    """One file by a reader that does not sleep."""
    with WebLog(address, patience=HASTY, sleep=lambda seconds: None, **how) as source:
        return source.read(path)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    published(tmp_path / "log", 300)
    return tmp_path / "log"


def test_files_come_as_they_are_and_what_is_not_there_is_none(log: Path) -> None:
    with served(log) as web, source_at(web.address) as source:
        read = [source.read(path) for path in ("checkpoint", "tile/0/000", "tile/entries/001.p/44", "tile/0/009")]

    assert read == [
        (log / path).read_bytes() if path else None
        for path in ("checkpoint", "tile/0/000", "tile/entries/001.p/44", "")
    ]


def test_gzip_that_nobody_asked_for_is_unpacked(log: Path) -> None:
    with served(log, lambda path, times, headers: zipped((log / path).read_bytes())) as web:
        assert read(web.address, "tile/entries/000") == (log / "tile/entries/000").read_bytes()


def test_a_token_is_sent_as_a_bearer_s_and_one_that_is_not_believed_is_told_of(log: Path) -> None:
    def guarded(path: str, times: int, headers: dict[str, str]) -> Answer | None:
        return None if headers.get("authorization") == "Bearer right" else Answer(401)

    with served(log, guarded) as web:
        assert read(web.address, "tile/entries/000", token="right") is not None
        with pytest.raises(SourceUnreachable, match=r"not for everybody \(HTTP 401\): give a token"):
            read(web.address, "tile/entries/000", token="wrong")


def test_a_passing_fault_is_tried_again_after_longer_and_longer_waits(log: Path) -> None:
    waited: list[float] = []

    def recovering(path: str, times: int, headers: dict[str, str]) -> Answer | None:
        return Answer(503, headers=(("Retry-After", "7"),)) if times == 0 else Answer(500) if times == 1 else None

    with served(log, recovering) as web, WebLog(web.address, patience=HASTY, sleep=waited.append) as source:
        assert source.read("checkpoint") == (log / "checkpoint").read_bytes()

    assert waited == [7.0, 0.25]


def test_a_server_that_stays_down_is_given_up_in_words(log: Path) -> None:
    waited: list[float] = []

    with served(log, lambda path, times, headers: Answer(502)) as web:
        source = WebLog(web.address, patience=HASTY, sleep=waited.append)
        with pytest.raises(SourceUnreachable, match=r"127\.0\.0\.1:\d+/log/checkpoint cannot be read: HTTP 502"):
            source.read("checkpoint")
    with pytest.raises(SourceUnreachable, match="cannot be read"):
        source.read("checkpoint")  # nobody listens there any more

    assert waited[:3] == [0.0, 0.25, 0.5]


def test_an_answer_that_names_another_place_is_not_followed(log: Path) -> None:
    def elsewhere(path: str, times: int, headers: dict[str, str]) -> Answer:
        return Answer(302, headers=(("Location", "http://elsewhere.test/"),))

    with served(log, elsewhere) as web, pytest.raises(SourceUnreachable, match="answers HTTP 302"):
        read(web.address, "checkpoint", token="secret")


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000"])
def test_more_bytes_than_any_such_file_has_are_not_taken_in(log: Path, path: str) -> None:
    too_long = bytes(longest_at(path) + 1)

    for answer in (Answer(200, too_long), zipped(too_long)):
        with (
            served(log, lambda path, times, headers, answer=answer: answer) as web,  # type: ignore[misc]
            pytest.raises(TilesDamaged, match="it has more than"),
        ):
            read(web.address, path)
    (log / path).write_bytes(too_long)
    with pytest.raises(TilesDamaged, match="it has more than"):
        FolderLog(log).read(path)


def test_a_file_that_breaks_off_is_asked_for_again(log: Path) -> None:
    whole = (log / "tile/0/000").read_bytes()

    def breaking(path: str, times: int, headers: dict[str, str]) -> Answer | None:
        return Answer(200, whole[:5_000], told_bytes=len(whole)) if times == 0 else None

    with served(log, breaking) as web:
        assert read(web.address, "tile/0/000") == whole
        assert web.asked["tile/0/000"] == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(200, b"no gzip", (("Content-Encoding", "gzip"),)), "its gzip is broken"),
        (Answer(200, gzip.compress(b"x" * 900)[:-9], (("Content-Encoding", "gzip"),)), "it broke off after"),
        (Answer(200, b"x", (("Content-Encoding", "br"),)), "comes encoded as 'br'"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_no_file(log: Path, answer: Answer, why: str) -> None:
    with served(log, lambda path, times, headers: answer) as web, pytest.raises(SourceUnreachable, match=why):
        read(web.address, "checkpoint")


def test_an_answer_that_drips_is_not_waited_for_to_its_end(log: Path) -> None:
    ticks = iter(range(0, 10_000, 3))

    with served(log) as web, pytest.raises(SourceUnreachable, match="it did not end within 2 seconds"):
        read(web.address, "tile/0/000", monotonic=lambda: next(ticks))


@pytest.mark.parametrize("address", ["ftp://log.test/", "https:///log", "http://log.test/?x=1", "https://log.test/#a"])
def test_what_is_no_web_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a log"):
        source_at(address)


def test_the_longest_file_of_each_kind_is_known() -> None:
    assert longest_at("checkpoint") == LONGEST_NOTE_BYTES
    assert longest_at("tile/3/x001/234") == 8_192
    assert longest_at("tile/entries/000.p/7") == 256 * 65_537


def test_a_file_that_may_not_be_read_is_not_taken_for_a_missing_one(log: Path) -> None:
    (log / "tile/0/000").unlink()
    (log / "tile/0/000").mkdir()

    with source_at(str(log)) as source, pytest.raises(SourceUnreachable, match="cannot be read"):
        source.read("tile/0/000")
    assert FolderLog(log / "checkpoint").read("tile/0/000") is None
