"""The discipline inspection and the audit bureau witness a township's log from machines of their own, by commands."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.ledger import Ledger
from api.log_keys import log_signers
from api.public_log import PublicLog, Published
from api.publishing_heads import publish as publish_log
from api.witnessing import told
from audit.log.policy import Verdict
from audit.log.policy_file import parse_policy
from domain.event import BookName
from domain.refusal import Refused
from tests.journeys.commanding import NAME, PLACE, opened, start, tell

MONEY = BookName.MONEY
KINDS = {"jiwei": ["--ed25519", "--ml-dsa-44"], "shenji": [], "caizheng": ["--ed25519"]}
"""Discipline inspection with both keys, audit bureau with the one that is made unless told, finance with the older."""


class Bureau:
    """A witness's office: its folder, and its server."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        made = tell(folder, "witness", "init", str(folder), "--name", f"{name}.test/w1", *KINDS[name], "--json")
        assert made.status == 0, made.err
        self.vkeys: list[str] = made.json["vkeys"]
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def tell(self, command: str, *arguments: str) -> Any:
        answer = tell(self.folder, "witness", command, str(self.folder), *arguments, "--json")
        assert answer.status == 0, answer.err
        return answer.json

    def serve(self) -> None:
        self.process = start(self.folder, "witness", "serve", str(self.folder), "--port", "0", "--prefix", "/w")
        assert self.process.stderr is not None
        self.url = self.process.stderr.readline().split()[-1]

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(by)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture
def bureaus(tmp_path: Path) -> Iterator[dict[str, Bureau]]:
    made = {name: Bureau(name, tmp_path / name) for name in KINDS}
    try:
        yield made
    finally:
        for bureau in made.values():
            if bureau.process is not None and bureau.process.poll() is None:
                bureau.end(signal.SIGKILL)


def write_policy(ledger: Path, vkey: str, bureaus: dict[str, Bureau]) -> bytes:
    """Two of three bureaus; the first of the discipline inspection's keys counts for it, the other is there too."""
    lines = [f"log {vkey}"]
    for name, bureau in bureaus.items():
        lines += [f"witness {name}-{n} {key} {bureau.url}" for n, key in enumerate(bureau.vkeys, start=1)]
    lines += ["group bureaus 2 jiwei-1 shenji-1 caizheng-1", "quorum bureaus", ""]
    policy = "\n".join(lines).encode()
    (ledger / "log" / "money").mkdir(parents=True, exist_ok=True)
    (ledger / "log" / "money" / "policy").write_bytes(policy)
    return policy


@contextmanager
def serving(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path) as ledger:
        yield ledger


def publish(ledger: Ledger) -> Published:
    published = publish_log(ledger, MONEY)
    assert published is not None
    return published


def judged(policy: bytes, published: Published) -> Verdict:
    return parse_policy(policy).judge(published.note.encode())


def states(ledger: Ledger) -> dict[str, str]:
    record = told(ledger, MONEY)
    assert record is not None
    return {entry["witness"]: entry["state"] for entry in record["witnesses"]}


def test_three_bureaus_witness_a_township_and_its_older_copy_signs_nothing(
    tmp_path: Path, bureaus: dict[str, Bureau]
) -> None:
    path = opened(tmp_path / "ledger")
    [key] = tell(path, "keys", "create", "--book", "money", "--json").json
    older = Path(shutil.copytree(path, tmp_path / "older"))
    for bureau in bureaus.values():
        assert bureau.tell("trust", key["vkey"]) == {"origin": key["vkey"].partition("+")[0]}
        bureau.serve()
    policy = write_policy(path, key["vkey"], bureaus)

    with serving(path) as ledger:
        first = publish(ledger)
        bureaus["caizheng"].end(signal.SIGKILL)
        tell(path, "keys", "rotate", "--book", "money")
        with_one_down, seen_by = publish(ledger), states(ledger)
        bureaus["caizheng"].serve()
    policy = write_policy(path, key["vkey"], bureaus)
    with serving(path) as ledger:
        whole = publish(ledger)

    assert [seen.witness for seen in judged(policy, first).seen] == ["jiwei-1", "jiwei-2", "shenji-1", "caizheng-1"]
    assert judged(policy, with_one_down).is_reached
    assert seen_by["caizheng-1"] == "unreachable"
    assert len(judged(policy, whole).seen) == 4
    assert whole.checkpoint == with_one_down.checkpoint

    with serving(older) as ledger:
        write_policy(older, key["vkey"], bureaus)
        with pytest.raises(Refused) as refused:
            publish(ledger)
        signed = PublicLog(ledger, MONEY).published()

    assert refused.value.code == "E-PROOF"
    assert f"It cosigned {whole.checkpoint.size} entries, and the book ends at entry 2." in refused.value.why
    assert signed is None
    for bureau in bureaus.values():
        assert bureau.end() == 0
        [log] = bureau.tell("show")["logs"]
        assert (log["size"], log["root"]) == (whole.checkpoint.size, whole.checkpoint.root.hex())


def test_what_is_said_to_a_person_who_runs_a_witness_is_plain_and_tells_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    log = Ledger.create(tmp_path / "ledger", place_code=PLACE, place_name=NAME)
    with log:
        vkey = log_signers(log, MONEY)[0].vkey
    told_all = [
        tell(folder, "witness", "init", str(folder), "--name", "jiwei.test/w1"),
        tell(folder, "witness", "trust", str(folder), vkey),
        tell(folder, "witness", "show", str(folder)),
        tell(folder, "witness", "distrust", str(folder), vkey),
    ]
    refusals = [
        tell(folder, "witness", "init", str(folder), "--name", "again"),
        tell(folder, "witness", "trust", str(folder), "nonsense"),
        tell(folder, "witness", "distrust", str(folder), vkey),
        tell(folder, "witness", "serve", str(folder), "--prefix", "w"),
        tell(folder, "witness", "show", str(tmp_path / "nothing")),
    ]

    secret = (folder / "keys" / "master.key").read_text().strip()
    printed = "".join(told.out + told.err for told in (*told_all, *refusals))
    assert [told.status for told in told_all] == [0, 0, 0, 0]
    assert [told.status for told in refusals] == [2, 2, 2, 2, 2]
    assert told_all[0].out.startswith("jiwei.test/w1+")
    assert vkey.partition("+")[0] in told_all[2].out
    assert secret not in printed
    assert "sealed" not in printed
