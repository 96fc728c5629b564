"""A township's office as it stood yesterday: its book is published, and everybody holds something of it."""

import shutil
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger
from api.log_keys import create
from api.witnessing import POLICY
from audit.log.note import parse_vkey
from audit.log.witness_state import WitnessState
from domain.event import BookName
from tests.api.conftest import NAME, PLACE
from tests.api.hanging import publish
from tests.api.offices import arrive, furnish
from tests.api.stamping import register
from tests.tampering.holding import Holders, Office, Paper, printed

GRANTED = "测试财社〔2020〕2号"
AMOUNT = b'"amount_fen":20000'
"""What stands in the entry that the tamperers are after: what arrived under that document."""

AT, SIZE = 16, 299
"""Its position, and how many entries are published."""

PLACES = range(1, 281)


def open_office(folder: Path) -> Paper:
    """Make the office in `folder`/office, its book published and seen by everybody; gives the printed notice."""
    path = folder / "office"
    with Ledger.create(path, place_code=PLACE, place_name=NAME) as ledger:
        furnish(ledger)
        create(ledger, BookName.MONEY)
        arrive(ledger, GRANTED, "200.00")
        register(ledger, *PLACES)
        with TestClient(create_app(ledger), headers={"Authorization": f"Bearer {ledger.keeper_token}"}) as client:
            assert publish(client, ledger).status_code == 201
        ledger.catch_up()
    office = Office(path)
    [vkey] = office.vkeys
    for number in (1, 2):
        WitnessState.create(folder / f"w{number}.db").trust(parse_vkey(vkey))
    _be_seen(office, folder, vkey)
    with office.opened() as ledger:
        assert ledger.money.head.position == SIZE
        [granted] = ledger.money.at([AT])
        assert AMOUNT in granted.entry
        return printed(ledger, SIZE)


def _be_seen(office: Office, folder: Path, vkey: str) -> None:
    """Publish the head, cosigned by both witnesses; let the auditor keep it, and the mirror copy the log."""
    (folder / "yesterday").write_bytes(b"")
    holders = Holders(folder, vkey, Paper("", 0, "", ""))
    with holders.standing() as policy:
        text = holders.policy_text(*(witness.url or "" for witness in policy.witnesses))
        office.log.mkdir(parents=True)
        (office.log / POLICY).write_text(text, encoding="utf-8")
        office.sign()
    (folder / "yesterday").write_bytes((office.log / "checkpoint").read_bytes())
    assert holders.mirrored(office.log).json["ok"]


def moved_in(kept: Path, folder: Path) -> Office:
    """The office and all holders in a folder of their own."""
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return Office(folder / "office")
