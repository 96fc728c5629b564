"""Who holds what of a township's log, and what each of them finds in what the office shows now.

The office's own verify, an auditor who kept yesterday's checkpoint, two witnesses (one with a key of each kind), a
mirror, and a villager who kept a printed notice. Each uses what he would use: the office and the mirror the command
line, the witnesses their servers, the villager the proof that his page asks for, and the auditor a reader that is not
ours, with the log's key.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature

from api.ledger import Ledger
from api.notice_heads import notice_head
from api.notice_proofs import proof
from api.witnessing import POLICY
from audit.log.fetching import FolderLog
from audit.log.policy import Policy, Verdict
from audit.log.policy_file import parse_policy
from audit.log.proving import LogTree, root_of_tiles
from audit.log.witness_state import WitnessState
from audit.log.witnessing import Outcome, ask
from domain.event import BookName
from domain.refusal import Refused
from tests.api.forgetting_keys import forgetful
from tests.api.rewriting_books import Change, rewrite
from tests.audit.log.naive_reader import Head, mth, read_head, read_tiles
from tests.audit.log.standing_witnesses import ed25519_witness, listening, ml_dsa_witness, policy_text, wall_seconds
from tests.journeys.commanding import Told, tell

NOTICE = "GS-1"
COSIGNERS = (ed25519_witness(1), ml_dsa_witness(2))
NOBODY = Path("no-ledger-is-needed")
REMEMBERED = ("tile", "grown", "signed", "checkpoint", "noticed")
"""What a log's folder remembers of what was published."""

Named = list[tuple[int, str]]
"""Position and kind of each finding."""


class Paper(NamedTuple):
    """What stands on a printed notice: which tree, its root in 64 hex digits, and what its code says behind `#`."""

    notice_no: str
    size: int
    root: str
    code: str


class Office:
    """A ledger in a folder, and what somebody can do who sits at its machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = path / "money.db"
        self.log = path / "log" / "money"

    def tell(self, *arguments: str) -> Told:
        """Run a command of the office."""
        return tell(self.path, *arguments)

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        """The ledger itself."""
        with Ledger.open(self.path) as ledger:
            yield ledger

    @property
    def note(self) -> str:
        """The head that it shows."""
        return (self.log / "checkpoint").read_text(encoding="utf-8")

    @property
    def vkeys(self) -> list[str]:
        """The keys that it gives out."""
        return [key["vkey"] for key in self.tell("keys", "show", "--book", "money", "--json").json]

    def rewrite(self, change: Change, **how: int) -> None:
        """Change the book's records, and make every hash in its file fit again."""
        rewrite(self.book, change, **how)

    def forget(self) -> None:
        """Take away what the machine remembers of what was published, and whom it asks for cosignatures."""
        for name in (*REMEMBERED, POLICY):
            place = self.log / name
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)

    def make_keys_forget(self) -> None:
        """Whoever has the keys and the vault lets the log's keys say that they signed nothing yet."""
        with self.opened() as ledger:
            forgetful(ledger, BookName.MONEY)

    def sign(self) -> None:
        """Sign a head with the log's own key."""
        told = self.tell("checkpoint")
        assert told.status == 0, told.err

    def forge(self, change: Change, **how: int) -> None:
        """The whole crime: the book rewritten, its tiles made anew, and a head signed with the stolen key."""
        self.rewrite(change, **how)
        (self.path / "views.db").unlink()
        self.forget()
        self.make_keys_forget()
        self.sign()

    def verified(self, *options: str) -> Named:
        """What the office's own verify finds in the money book and its log."""
        told = self.tell("verify", "--json", *options)
        findings = [finding for finding in told.json["findings"] if finding["book"] == "money"]
        assert told.status == int(not told.json["ok"])
        return [(finding["position"], finding["kind"]) for finding in findings]


class Auditor(NamedTuple):
    """Keeps the checkpoint of yesterday; reads the log with a reader that is not ours."""

    kept: bytes
    vkey: str

    def finds(self, log: Path) -> str:
        """What is wrong with the log that is shown now, in words; empty when it only adds to what was kept."""
        before = read_head(self.kept, self.vkey)
        try:
            now = read_head((log / "checkpoint").read_bytes(), self.vkey)
            leaves = read_tiles(lambda path: (log / path).read_bytes(), now.size)
        except InvalidSignature:
            return "the signature does not verify"
        except (AssertionError, FileNotFoundError, ValueError) as fault:
            return f"not a log: {fault}"
        return _denied(before, now, leaves)


def _denied(before: Head, now: Head, leaves: list[bytes]) -> str:
    if now.size < before.size:
        return f"shorter: {now.size} entries, and {before.size} were signed"
    if mth(leaves) != now.root:
        return "the tiles do not have the root that is signed"
    if mth(leaves[: before.size]) != before.root:
        return f"another history: the first {before.size} entries have another root"
    return ""


class Holders:
    """Everybody who holds something of the log from yesterday."""

    def __init__(self, folder: Path, vkey: str, paper: Paper) -> None:
        self.folder = folder
        self.vkey = vkey
        self.paper = paper
        self.mirror_folder = folder / "mirror"
        self.states = [WitnessState(folder / f"w{number}.db") for number in (1, 2)]
        self.auditor = Auditor((folder / "yesterday").read_bytes(), vkey)

    @contextmanager
    def standing(self, quorum: str = "all") -> Iterator[Policy]:
        """The witnesses listen while the block runs; gives the policy that believes the log and asks both of them."""
        one, other = COSIGNERS
        with (
            listening(self.states[0], one, clock=wall_seconds) as first,
            listening(self.states[1], other, clock=wall_seconds) as second,
        ):
            yield parse_policy(self.policy_text(first.url, second.url, quorum=quorum).encode())

    def policy_text(self, *urls: str, quorum: str = "all") -> str:
        """A policy of both witnesses at these addresses."""
        asked = zip(COSIGNERS, urls or ("", ""), strict=True)
        return policy_text(*asked, quorum=quorum, vkey=self.vkey)

    def judged(self, note: str, quorum: str = "all") -> Verdict:
        """What a reader makes of a head who asks for both witnesses."""
        return parse_policy(self.policy_text(quorum=quorum).encode()).judge(note.encode())

    def handed(self, note: str, office: Office) -> list[Outcome]:
        """What becomes of handing a head to both witnesses, with whatever proof the office's tiles give."""
        source = FolderLog(office.log)
        size = int((office.log / "grown").read_bytes().split()[0])
        tree = LogTree(source, size, root_of_tiles(source, size))
        with self.standing() as policy:
            return ask(note, tree, policy.witnesses, clock=wall_seconds)

    def mirrored(self, log: Path, *options: str) -> Told:
        """A round of the mirror."""
        return tell(NOBODY, "mirror", str(log), str(self.mirror_folder), "--vkey", self.vkey, "--json", *options)

    def named(self, office: Office) -> Named:
        """The records that the mirror names beside the office's book."""
        told = office.tell("verify", "--against", str(self.mirror_folder), "--json")
        return [(found["position"], found["kind"]) for found in told.json["findings"] if "mirror" in found]

    def villager_finds(self, office: Office) -> str:
        """What is wrong with the tree that answers for the printed notice; empty when it has the printed root."""
        with office.opened() as ledger:
            return self._denied(ledger)

    def _denied(self, ledger: Ledger) -> str:
        ledger.catch_up()
        try:
            told: Mapping[str, Any] = proof(ledger, self.paper.notice_no, size=self.paper.size)
        except LookupError as fault:
            return str(fault)
        except Refused as refused:
            return refused.why
        root = told["root"]
        return "" if root == self.paper.root else f"printed {self.paper.root}, shown {root}"

    def who_finds(self, office: Office) -> dict[str, str]:
        """What each holder outside the office finds in what is shown now; who finds nothing is not in it."""
        mirrored = self.mirrored(office.log).json
        said = {
            "auditor": self.auditor.finds(office.log),
            "mirror": "" if mirrored["ok"] else mirrored["kind"],
            "villager": self.villager_finds(office),
        }
        for outcome in self.handed(office.note, office):
            said[f"witness {outcome.witness}"] = "" if outcome.line else outcome.state.value
        return {holder: found for holder, found in said.items() if found}


def printed(ledger: Ledger, last: int) -> Paper:
    """What stands on the paper of the notice whose last line is at `last`, once a head covers it."""
    head = notice_head(ledger, last)
    assert head is not None
    return Paper(NOTICE, head.size, head.root, head.fragment(NOTICE))
