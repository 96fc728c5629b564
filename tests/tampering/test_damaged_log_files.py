"""A file of the published log is cut, lost, or holds another hash than it did.

Found by: the office's own verify, which names the file and the first record under it; an auditor who reads the log; a
mirror that reads it for the first time, and one that has it already cannot be made to take it over. A bundle names the
record whose entry is another.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.commanding import Told, tell
from tests.tampering.holding import NOBODY, Holders, Office
from tests.tampering.opening import AT, SIZE

Damage = Callable[[Path], object]

FULL_BUNDLE, LAST_BUNDLE = "tile/entries/000", "tile/entries/001.p/43"
FULL_TILE, LAST_TILE, UPPER_TILE = "tile/0/000", "tile/0/001.p/43", "tile/1/000.p/1"


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def lose(file: Path) -> None:
    file.unlink()


def spoil(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))


@pytest.fixture
def first_round(office: Office, holders: Holders) -> Callable[[], Told]:
    """A mirror that has nothing yet."""
    to = str(holders.folder / "first")
    return lambda: tell(NOBODY, "mirror", str(office.log), to, "--vkey", holders.vkey, "--json")


@pytest.mark.parametrize("damage", [cut, lose, spoil])
@pytest.mark.parametrize(
    ("path", "position"),
    [(FULL_BUNDLE, 1), (LAST_BUNDLE, 257), (FULL_TILE, 1), (LAST_TILE, 1), (UPPER_TILE, 1)],
)
def test_a_damaged_file_of_the_log_is_named_by_the_office_and_enters_no_mirror(
    office: Office, holders: Holders, first_round: Callable[[], Told], path: str, position: int, *, damage: Damage
) -> None:
    damage(office.log / path)

    of_office, mirrored = office.verified(), first_round()

    assert of_office == [(position, "tile")]
    assert mirrored.json["kind"] == "damaged"
    assert path.partition(".p/")[0] in mirrored.json["why"]
    assert holders.auditor.finds(office.log) != "" or path.startswith("tile/entries")


@pytest.mark.parametrize(("path", "place"), [(FULL_TILE, AT - 1), (UPPER_TILE, 0)])
def test_a_wrong_hash_in_a_tile_is_found_at_its_level_and_the_mirror_keeps_the_right_one(
    office: Office, holders: Holders, path: str, place: int
) -> None:
    file = office.log / path
    right = file.read_bytes()
    wrong = right[: place * 32] + bytes(32) + right[(place + 1) * 32 :]
    file.write_bytes(wrong)

    of_office, of_auditor = office.verified(), holders.auditor.finds(office.log)
    again = holders.mirrored(office.log, "--whole")

    assert of_office == [(1, "tile")]
    assert of_auditor != ""
    assert again.json["ok"]
    assert (holders.mirror_folder / path).read_bytes() == right
    assert office.tell("prove", str(AT)).status == 2


def test_an_entry_edited_in_its_bundle_is_named_by_its_position(
    office: Office, first_round: Callable[[], Told]
) -> None:
    file = office.log / FULL_BUNDLE
    file.write_bytes(file.read_bytes().replace(b'"amount_fen":20000', b'"amount_fen":90000'))

    told = office.tell("verify", "--json").json

    assert any(f"entry {AT} gives the leaf" in str(finding["found"]) for finding in told["findings"])
    assert f"entry {AT} gives the leaf" in first_round().json["why"]
    assert told["logs"][0]["size"] == SIZE
