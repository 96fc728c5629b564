"""Persons who may be one: what is found is what comparing everybody with everybody would find, and is told once."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vault.test_generations import distance, transposed_birth
from vault import likeness
from vault.generations import body_of, check_character
from vault.likeness import Appearance, Likeness
from vault.trial import TrialVault
from vault.vault import PERSON, Vault

OLD, NEW = (bytes([number]) * 32 for number in (1, 2))
TWINS = "440899680305117", "440899196803051173"
NEAR = "440899196803051181"
MANY = 1_000


def opened(place: Path | str, master_key: bytes = OLD) -> Vault:
    return Vault(place, master_key=master_key, randomness=os.urandom)


@pytest.fixture
def vault(place: Path | str) -> Iterator[Vault]:
    with closing(opened(place)) as made:
        yield made


def shown(vault: Vault, number: str, name: str = "测试甲", **beside: str) -> Appearance:
    """A person as a row shows them, referred before as intake does it."""
    return Appearance(vault.refer(PERSON, [number])[number].ref, number, name, **beside)


def number_of(body: str) -> str:
    return body + check_character(body)


def found(vault: Vault) -> set[tuple[frozenset[str], str]]:
    """The pairs that were found, by number."""
    pairs = vault.likenesses.untold(MANY)
    numbers = vault.numbers(ref for pair in pairs for ref in (pair.first, pair.second))
    assert all(pair.first < pair.second for pair in pairs)
    return {(frozenset({numbers[pair.first], numbers[pair.second]}), pair.kind) for pair in pairs}


def by_comparing_everybody(appearances: Iterable[Appearance]) -> set[tuple[frozenset[str], str]]:
    """What two nested loops find, straight from the words of DOMAIN §2 and §4."""
    pairs: set[tuple[frozenset[str], str]] = set()
    for one, other in combinations(appearances, 2):
        if one.number == other.number:
            continue
        bodies = body_of(one.number) or "", body_of(other.number) or ""
        both = frozenset({one.number, other.number})
        if bodies[0] == bodies[1]:
            pairs.add((both, "twin"))
        if "".join(normalize("NFC", one.name).split()) != "".join(normalize("NFC", other.name).split()):
            continue
        if distance(*bodies) == 1 or transposed_birth(*bodies):
            pairs.add((both, "near_id"))
        for kind in ("account", "phone", "household"):
            if getattr(one, kind) and getattr(one, kind) == getattr(other, kind):
                pairs.add((both, f"same_{kind}"))
    return pairs


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """One of a few numbers, or what came of one by a slip, in either generation."""
    digits = list(draw(st.sampled_from(["44089919360804811", "44089919360408811", "44089920120614331"])))
    place = draw(st.integers(0, 15))
    match draw(st.sampled_from(["as it is", "digit", "neighbours", "birth"])):
        case "as it is":
            pass
        case "digit":
            digits[place] = draw(st.sampled_from("123"))
        case "neighbours":
            digits[place], digits[place + 1] = digits[place + 1], digits[place]
        case _:
            digits[8:14] = draw(st.permutations(digits[8:14]))
    body = "".join(digits)
    return body[:6] + body[8:] if body[6:8] == "19" and draw(st.booleans()) else number_of(body)


faces = st.tuples(
    numbers(),
    st.sampled_from(["杨浩明", "杨 浩明", "杨　浩明", "庞芳艳", "André", "Andre\u0301"]),
    st.sampled_from(["", "6299990000000000012", "6299990000000000020"]),
    st.sampled_from(["", "", "0759-0000001"]),
    st.sampled_from(["", "H-0001", "H-0002"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(faces, min_size=2, max_size=24), width=st.integers(1, 24))
def test_in_whatever_batches_people_come_the_pairs_are_those_of_comparing_everybody(
    rows: list[tuple[str, ...]], width: int
) -> None:
    with TemporaryDirectory() as folder, closing(opened(Path(folder) / "vault.db")) as vault:
        appearances = [shown(vault, number, name, **beside(*more)) for number, name, *more in rows]
        for begin in range(0, len(appearances), width):
            vault.likenesses.note(appearances[begin : begin + width])

        assert found(vault) == by_comparing_everybody(appearances)


def beside(account: str, phone: str, household: str) -> dict[str, str]:
    return {"account": account, "phone": phone, "household": household}


def test_twins_are_found_by_their_numbers_alone_whatever_names_they_bear(vault: Vault) -> None:
    vault.likenesses.note([shown(vault, TWINS[0], "测试甲")])
    vault.likenesses.note([shown(vault, TWINS[1], "另一名")])

    assert found(vault) == {(frozenset(TWINS), "twin")}


def test_what_stands_in_the_place_of_a_name_brings_nobody_together(vault: Vault) -> None:
    for name in ("本人", "", "甲"):
        vault.likenesses.note([shown(vault, number, name, phone="0759-0000001") for number in (TWINS[1], NEAR)])

    assert found(vault) == set()


def test_a_word_that_is_no_identity_number_is_compared_by_what_it_shares_only(vault: Vault) -> None:
    vault.likenesses.note([shown(vault, number, phone="0759-0000001") for number in (TWINS[1], "护照E1234")])

    assert found(vault) == {(frozenset({TWINS[1], "护照E1234"}), "same_phone")}


def test_a_pair_is_untold_until_it_was_told_and_never_found_again(vault: Vault, place: Path | str) -> None:
    rows = [shown(vault, number) for number in (TWINS[1], NEAR)]
    vault.likenesses.note(rows)
    first = vault.likenesses.untold(MANY)

    with closing(opened(place)) as another:
        another.likenesses.note(reversed(rows))
        waiting = another.likenesses.untold(MANY)
        another.likenesses.told(waiting)
        another.likenesses.note([shown(another, NEAR, household="H-1"), shown(another, TWINS[1], household="H-2")])

    assert [pair.kind for pair in first] == ["near_id"]
    assert waiting == first
    assert vault.likenesses.untold(MANY) == []


def test_untold_pairs_come_in_a_fixed_order_as_many_as_are_asked_for(vault: Vault) -> None:
    rows = [shown(vault, number_of(f"440899193608048{place:02}"), phone="0759-0000001") for place in range(5)]
    vault.likenesses.note(rows)

    pairs = vault.likenesses.untold(MANY)

    assert len(pairs) == 20
    assert pairs == sorted(pairs)
    assert vault.likenesses.untold(3) == pairs[:3]


def test_after_a_rotation_of_the_master_key_those_who_were_noted_before_are_found(
    vault: Vault, place: Path | str
) -> None:
    vault.likenesses.note([shown(vault, NEAR)])
    before = vault.keys.likeness_key
    vault.keys.bring_in(NEW)
    while vault.keys.wrap_anew("", MANY) is not None:
        pass
    vault.keys.put_out_of_force()

    with closing(opened(place, NEW)) as again:
        again.likenesses.note([shown(again, TWINS[1])])

        assert found(again) == {(frozenset({TWINS[1], NEAR}), "near_id")}
        assert again.keys.likeness_key == before != again.keys.index_key


def test_of_an_erased_person_no_token_is_left_and_others_are_not_compared_with_them(vault: Vault) -> None:
    erased, stays = shown(vault, NEAR, phone="0759-0000001"), shown(vault, TWINS[0])
    vault.likenesses.note([erased, stays])
    vault.likenesses.note([shown(vault, TWINS[1])])
    before = len(rows_of(vault, erased.ref))

    vault.erase([erased.ref])
    vault.likenesses.note([erased])
    vault.likenesses.note([shown(vault, number_of("44089919680305118"))])

    assert before > 0
    assert rows_of(vault, erased.ref) == []
    assert {kind for numbers, kind in found(vault) if TWINS[0] in numbers} == {"twin", "near_id"}


def rows_of(vault: Vault, ref: str) -> list[tuple[object, ...]]:
    """Everything under which a person is found."""
    return [
        *vault._store.rows("SELECT token FROM traits WHERE ref = ?", (ref,)),
        *vault._store.rows("SELECT tokens FROM appearances WHERE ref = ?", (ref,)),
        *vault._store.rows("SELECT kind FROM likenesses WHERE first_ref = ? OR second_ref = ?", (ref, ref)),
    ]


def test_somebody_who_was_erased_and_comes_again_is_found_under_the_new_reference(vault: Vault) -> None:
    vault.likenesses.note([shown(vault, NEAR), shown(vault, TWINS[1])])
    vault.erase([shown(vault, NEAR).ref])
    between = found(vault)

    vault.likenesses.note([shown(vault, NEAR)])

    assert between == set()
    assert found(vault) == {(frozenset({TWINS[1], NEAR}), "near_id")}


def test_nothing_of_a_name_or_number_stands_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "vault.db")) as vault:
        vault.likenesses.note([shown(vault, NEAR, "杨浩明", **beside("6299990000000000012", "0759-0000001", "H-0001"))])

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    personal = (NEAR, NEAR[:12], "杨浩明", "6299990000000000012", "0759-0000001", "H-0001")
    assert not [text for text in personal if text.encode() in stored]


def test_whoever_finds_a_block_full_is_not_compared_and_is_counted(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "LARGEST_BLOCK", 3)
    one_phone = {"phone": "0759-0000001"}
    crowd = [shown(vault, number_of(f"44089919{place}0101{place}1"), **one_phone) for place in range(10, 15)]

    vault.likenesses.note(crowd[:4])
    after_four = vault.likenesses.passed_over
    vault.likenesses.note(crowd)

    assert (after_four, vault.likenesses.passed_over) == (1, 2)
    assert {pair.kind for pair in vault.likenesses.untold(MANY)} == {"same_phone"}
    assert len(vault.likenesses.untold(MANY)) == 3
    assert len(vault._store.rows("SELECT ref FROM traits GROUP BY token, ref")) == 5 * 3 + 3


def test_a_person_who_is_shown_again_and_again_is_looked_up_once(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    row = shown(vault, NEAR)
    vault.likenesses.note([row])
    with monkeypatch.context() as without_database:
        without_database.setattr(vault._store, "transaction", None)
        vault.likenesses.note([row, row])
    monkeypatch.setattr(likeness, "REMEMBERED", 0)

    vault.likenesses.note([shown(vault, TWINS[1]), row])
    vault.likenesses.note([row])

    both = row.ref, shown(vault, TWINS[1]).ref
    assert vault.likenesses.untold(MANY) == [Likeness(min(both), max(both), "near_id")]


def test_what_is_only_tried_is_noted_by_nobody(vault: Vault) -> None:
    vault.note([shown(vault, TWINS[1])])

    TrialVault(vault).note([shown(vault, NEAR)])

    assert vault.likenesses.untold(MANY) == []
    vault.note([shown(vault, NEAR)])
    assert found(vault) == {(frozenset({TWINS[1], NEAR}), "near_id")}
