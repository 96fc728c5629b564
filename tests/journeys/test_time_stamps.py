"""An office has its heads stamped, over the network or by a file on a stick; an auditor checks them with openssl."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.journeys.commanding import opened, tell
from tests.time_stamping import STAMPING, OpensslAuthority, made, openssl_accepts, pem, root, run_openssl, served

ROOT = root()


class Office(NamedTuple):
    """A ledger, and an authority that its settings name."""

    ledger: Path
    authority: OpensslAuthority
    address: str


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A fresh office, whose authority's certificate ends in a month."""
    (tmp_path / "root.pem").write_bytes(pem(ROOT))
    monkeypatch.setenv("MINGZHANG_TSA_CA", str(tmp_path / "root.pem"))
    ending = made("Test TSA", STAMPING, by=ROOT, lasting=timedelta(days=30))
    authority = OpensslAuthority(tmp_path / "tsa", ending)
    with served(authority) as address:
        yield Office(opened(tmp_path / "ledger"), authority, address)


def test_both_logs_are_signed_and_stamped_by_one_command_and_verified_by_another(office: Office) -> None:
    stamped = tell(office.ledger, "anchor", "--tsa", office.address, "--json")
    again = tell(office.ledger, "anchor", "--tsa", office.address)
    checked = tell(office.ledger, "anchor", "verify", "--json")
    shown = tell(office.ledger, "anchor", "verify", "--book", "money")

    assert stamped.status == 0, stamped.err
    assert [one["book"] for one in stamped.json] == ["money", "supervision"]
    assert stamped.json[0].keys() == {
        "book",
        "name",
        "size",
        "root",
        "stamped_at",
        "authority",
        "holds_until",
        "new",
    }
    assert (again.status, again.err.count("先前已盖 / stamped before")) == (0, 2)
    assert (checked.status, [one["faults"] for one in checked.json]) == (0, [[], []])
    assert "CN=Test TSA,O=测试局" in shown.out
    assert "1 个时间戳，0 个有误" in shown.err
    folder, size = office.ledger / "log" / "money" / "anchors", stamped.json[0]["size"]
    assert openssl_accepts(folder, message=f"{size}.checkpoint", answer=f"{size}.tsr", trusted=pem(ROOT))


def test_a_stamp_that_was_tampered_with_is_a_finding_and_is_named(office: Office) -> None:
    size = tell(office.ledger, "anchor", "--book", "money", "--tsa", office.address, "--json").json[0]["size"]
    file = office.ledger / "log" / "money" / "anchors" / f"{size}.checkpoint"
    file.write_bytes(file.read_bytes() + b"\n")

    checked = tell(office.ledger, "anchor", "verify")

    assert checked.status == 1
    assert f"! money {size}: The stamp is over other bytes" in checked.err


def test_an_office_without_internet_carries_the_request_out_and_the_answer_in(office: Office, tmp_path: Path) -> None:
    question, answer = tmp_path / "stick" / "OUT.tsq", tmp_path / "stick" / "FILE.tsr"
    question.parent.mkdir()

    asked = tell(office.ledger, "anchor", "request", str(question), "--json")
    said = run_openssl(tmp_path, "ts", "-query", "-in", str(question), "-text")
    answer.write_bytes(office.authority(question.read_bytes()))
    stored = tell(office.ledger, "anchor", "store", str(answer), "--json")

    assert (asked.status, asked.json["book"]) == (0, "money")
    assert "Hash Algorithm: sha256" in said
    assert (stored.status, stored.json[0]["book"], stored.json[0]["new"]) == (0, "money", True)
    assert tell(office.ledger, "anchor", "verify", "--book", "money").status == 0
    twice = tell(office.ledger, "anchor", "store", str(answer))
    assert (twice.status, twice.err[:6]) == (2, "E-REF:")


def test_stamps_are_renewed_on_demand_over_the_network_or_by_file(office: Office, tmp_path: Path) -> None:
    tell(office.ledger, "anchor", "--tsa", office.address)
    lasting = OpensslAuthority(tmp_path / "lasting", made("Test TSA", STAMPING, by=ROOT))
    question = tmp_path / "OUT.tsq"

    with served(lasting) as address:
        renewed = tell(office.ledger, "anchor", "--book", "money", "--renew", "--tsa", address, "--json")
    asked = tell(office.ledger, "anchor", "request", str(question), "--renew", "--book", "supervision")
    (tmp_path / "FILE.tsr").write_bytes(lasting(question.read_bytes()))
    stored = tell(office.ledger, "anchor", "store", str(tmp_path / "FILE.tsr"), "--json")

    assert [one["name"] for one in renewed.json][1:] == ["renewed/1"]
    assert asked.status == 0, asked.err
    assert (stored.json[0]["book"], stored.json[0]["name"]) == ("supervision", "renewed/1")
    none = tell(office.ledger, "anchor", "request", str(question), "--renew")
    assert (none.status, none.err) == (2, "money 没有需要续期的时间戳 / No stamp of money ends soon.\n")


def test_an_authority_that_is_not_named_or_away_leaves_the_command_undone(office: Office) -> None:
    unnamed = tell(office.ledger, "anchor")
    away = tell(office.ledger, "anchor", "--tsa", "http://127.0.0.1:9/")

    assert (unnamed.status, unnamed.err[:6]) == (2, "E-REF:")
    assert (away.status, away.err[:8]) == (2, "E-STATE:")
    assert not list((office.ledger / "log" / "money" / "anchors").glob("*.tsr"))
