"""Identity numbers of two generations, and which two are near."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vault.generations import body_of, check_character, is_near, of_the_other_generation, parts_of

BORN_1968 = "44089919680305117"
bodies = st.text("0123456789", min_size=17, max_size=17)


def distance(one: str, other: str) -> int:
    """Damerau and Levenshtein's, by optimal string alignment, straight from its definition."""
    rows = [[max(i, j) if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i, mine in enumerate(one, 1):
        for j, yours in enumerate(other, 1):
            costs = [rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (mine != yours)]
            if i > 1 < j and (mine, one[i - 2]) == (other[j - 2], yours):
                costs.append(rows[i - 2][j - 2] + 1)
            rows[i][j] = min(costs)
    return rows[-1][-1]


def transposed_birth(one: str, other: str) -> bool:
    """DOMAIN §4, DUP-03: the same digits with the birth date transposed."""
    elsewhere = one[:6] + one[14:], other[:6] + other[14:]
    return one != other and elsewhere[0] == elsewhere[1] and sorted(one[6:14]) == sorted(other[6:14])


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A body and another that came of it by one or two changes of one kind."""
    body = draw(bodies)
    digits = list(body)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, 15))
        match draw(st.sampled_from(["digit", "neighbours", "birth"])):
            case "digit":
                digits[draw(st.integers(0, 16))] = draw(st.sampled_from("0123456789"))
            case "neighbours":
                digits[place], digits[place + 1] = digits[place + 1], digits[place]
            case _:
                digits[6:14] = draw(st.permutations(digits[6:14]))
    return body, "".join(digits)


@given(pair=slips())
@example(pair=("44089919360804811", "44089919360408811"))
@example(pair=("44089919360804811", "44089191936080481"[:17]))
def test_near_is_a_distance_of_one_or_a_birth_date_with_its_digits_in_another_order(pair: tuple[str, str]) -> None:
    one, other = pair

    assert is_near(one, other) == (distance(one, other) == 1 or transposed_birth(one, other))
    assert is_near(one, other) == is_near(other, one)


@given(pair=slips())
def test_two_near_bodies_share_one_of_their_three_parts_whatever_their_digits_are(pair: tuple[str, str]) -> None:
    one, other = pair

    shared = [mine == yours for mine, yours in zip(parts_of(one), parts_of(other), strict=True)]

    assert any(shared) or not is_near(one, other)


@given(one=bodies, other=bodies)
def test_bodies_that_have_nothing_to_do_with_each_other_are_judged_by_the_definition_too(one: str, other: str) -> None:
    assert is_near(one, other) == (distance(one, other) == 1 or transposed_birth(one, other))


def test_the_number_of_the_other_generation_is_that_of_the_fixtures_and_leads_back() -> None:
    assert of_the_other_generation("440899680305117") == "440899196803051173"
    assert of_the_other_generation("440899196803051173") == "440899680305117"
    assert body_of("440899680305117") == body_of("440899196803051173") == BORN_1968
    assert check_character(BORN_1968) == "3"


@pytest.mark.parametrize(
    "number",
    ["440899201206143313", "440899680305996", "440899196803059969", "91440899MA9999910J", "44089968030511", ""],
)
def test_nobody_born_since_2000_no_centenarian_sequence_and_no_other_code_has_another_number(number: str) -> None:
    assert of_the_other_generation(number) is None
