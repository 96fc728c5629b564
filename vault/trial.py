"""A vault for what is only tried: it knows whom the vault knows, and keeps nothing of anybody new."""

from collections.abc import Iterable

from vault.likeness import Appearance
from vault.sealing import KEY_BYTES, commitment
from vault.vault import REFERENCE_BYTES, Subject, Vault


class TrialVault(Vault):
    """Shares the keys and the store of a vault, and writes nothing: a new number gets a reference for the trial.

    The references of one trial are stable, so that two rows about one new person are about one person.
    """

    def __init__(self, vault: Vault) -> None:
        """Try on top of `vault`."""
        self.__dict__.update(vault.__dict__)
        self._tried: dict[tuple[str, str], Subject] = {}

    def refer(self, kind: str, numbers: Iterable[str]) -> dict[str, Subject]:
        """The subject of each of `numbers`; one that is not yet known lives as long as the trial."""
        wanted = dict.fromkeys(numbers)
        subjects = self.find(kind, wanted)
        return subjects | {number: self._try(kind, number) for number in wanted if number not in subjects}

    def note(self, appearances: Iterable[Appearance]) -> None:
        """Nobody: what is only tried brings nobody together with anybody."""

    def keep_text(self, subject: Subject, text: str) -> str:
        """The commitment of a long text, which is not kept."""
        return commitment(subject.data_key, text)

    def _try(self, kind: str, number: str) -> Subject:
        if (kind, number) not in self._tried:
            key = self._randomness(KEY_BYTES)
            reference = f"{kind}-{self._randomness(REFERENCE_BYTES).hex()}"
            self._tried[kind, number] = Subject(reference, key, commitment(key, number))
        return self._tried[kind, number]
