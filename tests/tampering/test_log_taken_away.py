"""Somebody who has no key takes the published log away, so that nothing is left that contradicts a rewritten book.

Found by: the office, whose keys remember beside the vault what they signed: verify names the head that is missing, or
that the book does not hold, and nothing more is signed. Without the key's file nothing is signed either. Whoever has a
copy of the book alone misses nothing, since it may never have come with a log; he is told that no log was compared.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.folder import Folder
from api.rotating import rotate as rotate_master_key
from audit.log.checkpoint import parse_text
from audit.log.note import parse
from tests.api.rewriting_books import Change, Row, edited
from tests.api.stamping import register
from tests.journeys.commanding import tell
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import AMOUNT, AT, SIZE

DENIED = f"E-PROOF: The book money is not what was signed up to entry {SIZE}, or sealed: its first {SIZE} entries have"


def enrich(rows: list[Row]) -> None:
    rows[AT - 1] = edited(rows[AT - 1], AMOUNT, AMOUNT.replace(b"2", b"9"))


def enrich_and_go_on(rows: list[Row]) -> None:
    enrich(rows)
    rows.insert(AT + 3, rows.pop())


def cut_off(rows: list[Row]) -> None:
    del rows[AT + 200 :]


def take_away(office: Office) -> None:
    shutil.rmtree(office.path / "log")


def key_file(office: Office) -> Path:
    [file] = (office.path / "keys").glob("log-money-*.json")
    return file


@pytest.mark.parametrize(
    ("crime", "refusal"),
    [
        (enrich, DENIED),
        (enrich_and_go_on, DENIED),
        (cut_off, f"The book money ends at entry {AT + 200}, and a head of {SIZE} entries was signed."),
    ],
)
def test_a_rewritten_book_is_not_signed_though_the_log_is_gone_and_verify_names_the_size(
    office: Office, crime: Change, refusal: str
) -> None:
    office.rewrite(crime)
    take_away(office)

    found = office.verified("--books-only")
    signing, again = office.tell("checkpoint"), office.tell("checkpoint")

    assert found == [(SIZE, "checkpoint")]
    assert [(one.status, one.out, refusal in one.err) for one in (signing, again)] == [(2, "", True)] * 2
    assert office.verified("--books-only") == found  # the tiles that were begun change nothing


def test_an_honest_loss_of_the_log_is_told_and_the_next_head_is_the_one_that_everybody_holds(
    office: Office, holders: Holders
) -> None:
    yesterday = parse(office.note.encode())
    take_away(office)
    told = office.tell("verify", "--json")

    office.sign()

    [finding] = told.json["findings"]
    assert (told.status, finding["position"], finding["kind"]) == (1, SIZE, "checkpoint")
    assert "mingzhang checkpoint makes it again from the book" in finding["found"]
    assert parse(office.note.encode()).text == yesterday.text
    assert office.verified() == []
    assert holders.who_finds(office) == {}


def forget_the_head(told: str) -> str:
    return told[: told.index(',"last_signed"')] + "}\n"


def shrink_the_head(told: str) -> str:
    return told.replace(f'"size":{SIZE}', '"size":15')


def exchange_the_root(told: str) -> str:
    return told[: told.index('"root":"') + 8] + "0" * 64 + '"}}\n'


def spoil_the_root(told: str) -> str:
    return told.replace('"root":"', '"root":"?')


@pytest.mark.parametrize("change", [forget_the_head, shrink_the_head, exchange_the_root, spoil_the_root])
def test_a_key_whose_remembered_head_is_changed_or_taken_out_does_not_open(
    office: Office, change: Callable[[str], str]
) -> None:
    file = key_file(office)
    file.write_text(change(file.read_text("ascii")), "ascii")
    office.rewrite(enrich)
    take_away(office)

    signing = office.tell("checkpoint")

    assert (signing.status, signing.out) == (2, "")
    assert f"E-SCHEMA: {file} is no private key of this log" in signing.err
    assert "Restore it from its backup" in signing.err


def test_without_the_keys_file_nothing_is_signed_and_only_the_keeper_can_put_another_key_in_force(
    office: Office, holders: Holders
) -> None:
    office.rewrite(enrich)
    take_away(office)
    key_file(office).unlink()

    signing = office.tell("checkpoint")

    assert (signing.status, signing.out) == (2, "")
    assert "E-REF" in signing.err
    (office.path / "views.db").unlink()
    assert office.tell("keys", "rotate", "--lost", "--book", "money").status == 0
    office.sign()
    assert {"mirror", "auditor", "witness W1", "witness W2", "villager"} <= holders.who_finds(office).keys()


def test_a_new_master_key_forgets_nothing_and_a_new_key_of_the_log_signs_beside_one_that_remembers(
    office: Office,
) -> None:
    rotate_master_key(Folder(office.path))
    assert office.tell("keys", "rotate", "--book", "money").status == 0
    office.rewrite(enrich)
    take_away(office)

    signing = office.tell("checkpoint")

    assert (signing.status, signing.out, DENIED in signing.err) == (2, "", True)


def go_on(office: Office, number: int) -> int:
    """Record something, and sign the head over it; gives its size."""
    with office.opened() as ledger:
        register(ledger, number)
    (office.log / "policy").unlink(missing_ok=True)
    office.sign()
    return parse_text(parse(office.note.encode()).text).size


@pytest.mark.parametrize("older", ["key", "log"])
def test_of_a_key_and_a_log_of_different_days_the_larger_head_counts(office: Office, older: str) -> None:
    kept_key, kept_log = key_file(office).read_bytes(), shutil.copytree(office.log, office.path.parent / "kept")
    size = go_on(office, 901)
    if older == "key":
        key_file(office).write_bytes(kept_key)
    else:
        shutil.rmtree(office.log)
        shutil.copytree(kept_log, office.log)

    sound = office.verified("--books-only")
    shorter = shutil.copytree(office.path, office.path.parent / "shorter")
    Office(shorter).rewrite(lambda rows: rows.__delitem__(slice(SIZE, None)))
    refused = tell(shorter, "checkpoint")
    grown = go_on(office, 902)

    assert sound == []
    assert f"The book money ends at entry {SIZE}, and a head of {size} entries was signed." in refused.err
    assert SIZE < size < grown
    assert office.verified() == []


def test_a_copy_of_the_book_without_log_and_keys_is_sound_and_says_that_no_log_was_compared(
    office: Office, tmp_path: Path
) -> None:
    bare = shutil.ignore_patterns("keys", "log", "vault*", "views*")
    shutil.copytree(office.path, tmp_path / "copy", ignore=bare)

    told = tell(tmp_path / "copy", "verify", "--json")
    shown = tell(tmp_path / "copy", "verify")

    [log] = told.json["logs"]
    assert (told.status, told.json["findings"]) == (0, [])
    assert (log["book"], log["size"], len(log["keys"])) == ("money", 0, 1)
    assert "money: " in shown.out + shown.err
    assert "no published log lies here" in shown.out + shown.err
