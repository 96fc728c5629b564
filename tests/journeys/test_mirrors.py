"""The inspectors' machine follows the office's money book: every step checked, and what is rewritten is named."""

import re
import shutil
import signal
import time
from pathlib import Path

import pytest

from api.ledger import Ledger
from domain.event import BookName
from tests.api.forgetting_keys import forgetful
from tests.api.rewriting_books import Row, edited, rewrite
from tests.audit.log.serving_logs import Answer, served
from tests.journeys.commanding import TIMEOUT_SECONDS, Told, start, tell

AMOUNT = re.compile(rb'("[a-z_]+_fen":)([0-9]+)')
NOBODY = Path("no-ledger-is-needed")


@pytest.fixture
def office(township: Path, tmp_path: Path) -> Path:
    """The office's ledger, with its money book's log published in `log/money`, and copied to `copy`."""
    told = tell(township, "log", "export", str(tmp_path / "copy"))
    assert told.status == 0, told.err
    return township


@pytest.fixture
def vkey(office: Path) -> str:
    """By which the office's log is known."""
    lines = tell(office, "keys", "show", "--book", "money").out.splitlines()
    return next(line for line in lines if line.startswith("mingzhang.local/"))


def mirror(source: object, to: Path, *options: str) -> Told:
    return tell(NOBODY, "mirror", str(source), str(to), *options, "--json")


def test_the_inspectors_follow_the_book_with_a_token_and_name_the_amount_that_was_changed_afterwards(
    office: Path, vkey: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("for the inspectors\n", encoding="ascii")

    def guarded(path: str, times: int, headers: dict[str, str]) -> Answer | None:
        may_read = headers.get("authorization") == "Bearer for the inspectors"
        return Answer(401) if path.startswith("tile/entries/") and not may_read else None

    with served(office / "log/money", guarded) as web:
        kept_out = mirror(web.address, tmp_path / "mirror", "--vkey", vkey)
        followed = mirror(web.address, tmp_path / "mirror", "--vkey", vkey, "--token-file", str(tmp_path / "token"))
        again = mirror(web.address, tmp_path / "mirror", "--vkey", vkey)
    before = tell(office, "verify", "--against", str(tmp_path / "mirror"), "--json")
    changed = rewritten(office)
    after = tell(office, "verify", "--against", str(tmp_path / "mirror"), "--json")
    in_words = tell(office, "verify", "--against", str(tmp_path / "mirror"), "--books-only")

    assert kept_out.status == 2
    assert "give a token" in kept_out.err
    assert (followed.status, followed.json["ok"], followed.json["size_before"]) == (0, True, 0)
    assert (again.status, again.json["tiles"], again.json["bundles"]) == (0, 0, 0)
    assert before.json["against"]["agreed"] == followed.json["size"]
    assert (after.status, after.json["against"]["agreed"]) == (1, changed - 1)
    [finding] = [finding for finding in after.json["findings"] if "mirror" in finding]
    assert (finding["position"], finding["kind"]) == (changed, "changed")
    [amount] = finding["fields"]
    assert amount["ledger"] == amount["mirror"] + 1
    assert f"both agree through {changed - 1}." in in_words.err
    assert f"{amount['field']} {amount['mirror']} → {amount['ledger']}" in in_words.err


def rewritten(ledger: Path) -> int:
    """Pay somebody a fen more than was sealed, and seal all behind it anew; gives the position."""
    changed: list[int] = []

    def enrich(rows: list[Row]) -> None:
        place = max(at for at, row in enumerate(rows) if AMOUNT.search(row.entry))
        amount = AMOUNT.search(rows[place].entry)
        assert amount is not None
        rows[place] = edited(rows[place], amount[0], amount[1] + str(int(amount[2]) + 1).encode())
        changed.append(place + 1)

    rewrite(ledger / "money.db", enrich)
    return changed[0]


def test_a_rewritten_book_that_is_signed_again_raises_the_alarm_with_both_heads_and_whom_to_tell(
    office: Path, vkey: str, tmp_path: Path
) -> None:
    first = mirror(office / "log/money", tmp_path / "mirror", "--vkey", vkey)
    rewritten(office)
    shutil.rmtree(office / "log/money")
    with Ledger.open(office) as ledger:
        forgetful(ledger, BookName.MONEY)  # the whole machine is in their hands, the vault with it
    signed_again = tell(office, "checkpoint")

    told = mirror(office / "log/money", tmp_path / "mirror", "--vkey", vkey)

    assert (first.status, signed_again.status, told.status) == (0, 0, 1)
    assert (told.json["ok"], told.json["kind"]) == (False, "fork")
    assert "Tell the discipline inspection" in told.json["why"]
    assert sorted(file.name for file in Path(told.json["evidence"]).iterdir()) == ["alarm.json", "held", "shown"]
    assert tell(NOBODY, "mirror", str(office / "log/money"), str(tmp_path / "mirror"), "--vkey", vkey).status == 1


def test_a_mirror_goes_on_by_itself_until_it_is_asked_to_stop(office: Path, vkey: str, tmp_path: Path) -> None:
    source, to = str(office / "log/money"), tmp_path / "mirror"
    following = start(NOBODY, "mirror", source, str(to), "--vkey", vkey, "--every", "1", "--json")
    assert wait_for(to / "checkpoint")
    held = (to / "checkpoint").read_bytes()
    second = mirror(source, to, "--vkey", vkey)

    assert tell(office, "rules", "run").status == 0
    tell(office, "log", "seal-index", "--book", "money")
    assert tell(office, "checkpoint").status == 0
    assert wait_for(to / "checkpoint", beyond=held)
    following.send_signal(signal.SIGTERM)
    out, _ = following.communicate(timeout=TIMEOUT_SECONDS)

    assert (following.returncode, second.status) == (0, 2)
    assert "Another process is bringing the mirror" in second.err
    assert len(Told(0, out, "").lines) == 2


def test_a_mirror_follows_the_office_s_keys_over_a_rotation(office: Path, vkey: str, tmp_path: Path) -> None:
    source, to, options = office / "log/money", tmp_path / "mirror", ("--vkey", vkey, "--follow-keys")
    followed = [mirror(source, to, *options)]
    for commands in (("keys", "rotate", "--book", "money"), ("keys", "retire", key_id(vkey), "--book", "money")):
        assert tell(office, *commands).status == 0
        assert tell(office, "checkpoint").status == 0
        followed.append(mirror(source, to, *options))

    assert [(told.status, len(told.json["signed_by"])) for told in followed] == [(0, 1)] * 3
    assert followed[-1].json["signed_by"] != [vkey]
    assert mirror(source, tmp_path / "other", "--vkey", vkey).json["kind"] == "refused"
    assert mirror(source, to, *options, "--without-entries").status == 2


def key_id(vkey: str) -> str:
    """The eight digits of a key."""
    return vkey.split("+")[1]


def wait_for(file: Path, *, beyond: bytes = b"") -> bool:
    """Whether the file comes to hold something else in time."""
    for _ in range(TIMEOUT_SECONDS * 10):
        if file.is_file() and file.read_bytes() != beyond:
            return True
        time.sleep(0.1)
    return False


def test_whom_a_mirror_believes_has_to_be_named_and_to_be_readable(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text("quorum of nobody\n", encoding="utf-8")
    asked = {
        (): "believes whom you name",
        ("--vkey", "no key"): "is not name+key ID+base64",
        ("--policy", str(tmp_path / "policy")): "Line 1 of the policy",
        ("--policy", str(tmp_path / "nothing")): "cannot be read",
        ("--token-file", str(tmp_path / "nothing"), "--vkey", "log.test+530d903a+AekyeRrm"): "E-",
    }

    for options, words in asked.items():
        told = mirror(tmp_path / "log", tmp_path / "mirror", *options)
        assert (told.status, told.out) == (2, "")
        assert words in told.err


def test_a_place_that_is_no_log_is_said_to_be_none(vkey: str, tmp_path: Path) -> None:
    for place in (str(tmp_path / "nothing"), "ftp://log.test/"):
        told = mirror(place, tmp_path / "mirror", "--vkey", vkey)
        assert told.status == 2
        assert "E-REF" in told.err or "E-SCHEMA" in told.err
