"""Erasing a subject: what goes, what stays, and who learns of it."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from vault.erasure import Erasure, Hold
from vault.vault import PERSON, Vault

ID, OTHER = "440899196803051173", "440899197109222264"
MASTER = bytes(range(32))
ASKED = Erasure("P-1", "first", "2026-01-01T00:00:00.000000Z", "asked for", None)
HELD = Hold("first", "2026-01-01T00:00:00.000000Z", "audit of 2026")


def opened(place: Path | str) -> Vault:
    return Vault(place, master_key=MASTER, randomness=os.urandom)


@pytest.fixture
def vault(place: Path | str) -> Iterator[Vault]:
    with closing(opened(place)) as made:
        yield made


def test_an_erased_number_gets_a_new_reference_when_it_is_sent_again(vault: Vault) -> None:
    before = vault.refer(PERSON, [ID])[ID]

    vault.erase([before.ref])
    after = vault.refer(PERSON, [ID])[ID]

    assert after.ref != before.ref
    assert after.commitment != before.commitment
    assert vault.numbers([before.ref, after.ref]) == {after.ref: ID}


def test_a_process_that_remembers_the_erased_learns_of_it_from_the_next_question(
    vault: Vault, place: Path | str
) -> None:
    with closing(opened(place)) as serving:
        before = serving.refer(PERSON, [ID])[ID]

        vault.erase([before.ref])

        assert serving.find(PERSON, [ID]) == {}
        assert serving.subjects([before.ref]) == {}


def test_the_texts_of_the_erased_go_and_those_of_others_stay(vault: Vault) -> None:
    erased, stays = vault.refer(PERSON, [ID])[ID], vault.refer(PERSON, [OTHER])[OTHER]
    texts = vault.keep_text(erased, "long"), vault.keep_text(stays, "long")

    vault.erase([erased.ref])

    assert vault.long_text(erased.ref, texts[0]) is None
    assert vault.long_text(stays.ref, texts[1]) == "long"
    assert vault.orphans([]) == [stays.ref]


def test_nothing_of_the_erased_is_left_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "vault.db")) as vault:
        subject = vault.refer(PERSON, [ID])[ID]
        [(blind, wrapped, sealed)] = vault._store.rows("SELECT blind, wrapped_key, sealed FROM subjects")

        vault.erase([subject.ref])

        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert not any(part in stored for part in (blind, wrapped, sealed, subject.ref.encode()))


def test_an_erasure_stands_under_who_asked_first_until_a_second_person_confirms(vault: Vault) -> None:
    vault.erasures.request(ASKED)
    vault.erasures.request(ASKED._replace(requested_by="another"))
    vault.erasures.confirm("P-1", "first")
    alone = vault.erasures.asked_for()
    vault.erasures.confirm("P-1", "second")
    vault.erasures.confirm("P-1", "third")

    assert alone == [ASKED]
    assert vault.erasures.asked_for() == [ASKED._replace(confirmed_by="second")]
    assert not vault.erasures.withdraw("P-1")

    vault.erase(["P-1"])
    assert vault.erasures.asked_for() == []


def test_an_erasure_that_nobody_confirmed_can_be_withdrawn_once(vault: Vault) -> None:
    vault.erasures.request(ASKED)

    assert [vault.erasures.withdraw("P-1"), vault.erasures.withdraw("P-1")] == [True, False]
    assert vault.erasures.asked_for() == []


def test_a_hold_is_there_until_it_is_released_and_the_newest_reason_counts(vault: Vault) -> None:
    vault.erasures.hold("P-1", HELD._replace(reason="older"))
    vault.erasures.hold("P-1", HELD)

    assert vault.erasures.hold_on("P-1") == HELD
    assert vault.erasures.hold_on("P-2") is None
    assert [vault.erasures.release("P-1"), vault.erasures.release("P-1")] == [True, False]
