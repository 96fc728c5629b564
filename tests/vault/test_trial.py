"""A vault for what is only tried: known people are known, and nobody new is kept (`vault/trial.py`)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from vault.likeness import Appearance
from vault.sealing import commitment
from vault.trial import TrialVault
from vault.vault import ACCOUNT, PERSON, Vault

KNOWN, NEW = "440899196803051173", "440899197109222264"
NEAR = "440899196803051253"
"""Differs from `KNOWN` in its sequence only."""


@pytest.fixture
def vault(place: Path | str) -> Iterator[Vault]:
    opened = Vault(place, master_key=bytes(range(32)), randomness=os.urandom)
    yield opened
    opened.close()


def test_a_known_number_has_its_own_reference_in_a_trial(vault: Vault) -> None:
    subject = vault.refer(PERSON, [KNOWN])[KNOWN]

    tried = TrialVault(vault).refer(PERSON, [KNOWN, NEW])

    assert tried[KNOWN] == subject
    assert tried[NEW].ref.startswith("P-")


def test_a_new_number_has_one_reference_throughout_a_trial_and_none_afterwards(vault: Vault) -> None:
    trial = TrialVault(vault)

    first, again = trial.refer(PERSON, [NEW])[NEW], trial.refer(PERSON, [NEW, NEW])[NEW]

    assert first == again
    assert (vault.size, vault.find(PERSON, [NEW]), vault.numbers([first.ref])) == (0, {}, {})
    assert TrialVault(vault).refer(PERSON, [NEW])[NEW] != first
    assert vault.refer(PERSON, [NEW])[NEW].ref != first.ref


def test_a_person_and_an_account_of_the_same_digits_are_two_on_trial_too(vault: Vault) -> None:
    trial = TrialVault(vault)

    assert trial.refer(PERSON, ["1"])["1"].ref != trial.refer(ACCOUNT, ["1"])["1"].ref


def test_a_tried_subject_is_committed_to_like_any_other(vault: Vault) -> None:
    subject = TrialVault(vault).refer(PERSON, [NEW])[NEW]

    assert subject.commitment == commitment(subject.data_key, NEW)


def test_a_long_text_is_committed_to_and_not_kept(vault: Vault) -> None:
    subject = vault.refer(PERSON, [KNOWN])[KNOWN]
    before = len(vault._store.rows("SELECT * FROM texts"))

    committed = TrialVault(vault).keep_text(subject, "说明" * 1_000)

    assert committed == commitment(subject.data_key, "说明" * 1_000)
    assert len(vault._store.rows("SELECT * FROM texts")) == before


def test_whoever_appears_in_a_trial_is_brought_together_with_nobody(vault: Vault) -> None:
    trial = TrialVault(vault)
    refs = {number: subject.ref for number, subject in trial.refer(PERSON, [KNOWN, NEAR]).items()}

    trial.note(Appearance(ref, number, "测试甲") for number, ref in refs.items())

    assert vault.likenesses.untold(10) == []
