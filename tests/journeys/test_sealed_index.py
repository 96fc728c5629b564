"""The sample township's year: its entries alone tell the subjects that its histories go by, and none is left out."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.completeness import prove_subject, seal_index
from api.ledger import Ledger
from audit.completeness import Incomplete, check_complete, entries_about
from audit.seal import leaf_of
from audit.subjects import mentions
from domain.catalogue import as_told, load
from domain.event import BookName, Versioned
from projections.subjects import subjects_of
from projections.tables.internal import SUBJECT_INDEX


@pytest.fixture
def ledger(township: Path) -> Ledger:
    return Ledger.open(township)


def test_every_entry_of_the_township_names_what_its_histories_have_it_under(ledger: Ledger) -> None:
    index = SUBJECT_INDEX.c
    with ledger, ledger.engine.connect() as connection:
        rows = connection.execute(select(index.kind, index.value, index.position)).all()
        shown = {(f"{kind}:{value}", position) for kind, value, position in rows}
        pairs: set[tuple[str, int]] = set()

        for entry in ledger.money.read():
            told = as_told(Versioned(entry.position, "", 1, entry.topic, load(entry.topic, entry.state)))
            found = set(mentions(entry.position, entry.entry)) - {(f"stream:{entry.stream}", entry.position)}
            pairs |= found
            assert {subject for subject, _ in found} >= {f"{kind}:{value}" for kind, value in subjects_of(told.event)}

    assert len(pairs) > 20_000
    assert pairs <= shown  # and what other rows tell of an entry stands there beside it
    assert {subject for subject, _ in shown} == {subject for subject, _ in pairs}


def test_a_subject_of_the_township_is_complete_and_without_one_of_its_entries_it_is_not(ledger: Ledger) -> None:
    index = SUBJECT_INDEX.c
    with ledger, ledger.engine.connect() as connection:
        one_of_each = connection.execute(select(index.kind, func.max(index.value)).group_by(index.kind)).all()
        seal = seal_index(ledger, BookName.MONEY)
        for subject in [f"{kind}:{value}" for kind, value in one_of_each]:
            proven = prove_subject(ledger, BookName.MONEY, subject)
            entries = [(entry.position, entry.entry) for entry in ledger.money.at(proven.positions)]
            about = entries_about(subject, entries)

            assert about == [(position, leaf_of(entry)) for position, entry in entries]
            check_complete(proven.proof, about, seal.over)
            with pytest.raises(Incomplete):
                check_complete(proven.proof, about[1:], seal.over)

    assert len(one_of_each) > 12


def test_an_alert_of_the_township_is_complete_in_the_supervision_book(ledger: Ledger) -> None:
    with ledger:
        seal = seal_index(ledger, BookName.SUPERVISION)
        alert = next(
            subject
            for entry in ledger.supervision.read()
            if entry.topic == "alert-raised/v1"
            for subject, _ in mentions(entry.position, entry.entry)
            if subject.startswith("alert:")
        )

        proven = prove_subject(ledger, BookName.SUPERVISION, alert)

    assert proven.seal == seal
    assert proven.positions
