"""STA-02: round thousands in one village, against the others (DOMAIN §4 K)."""

from tests.projections.rules.statistics.grants import ALLOWANCE, PAID_ON, RELIEF, grant, programme
from tests.projections.rules.town import Town

ROUND, ODD = 2_000_00, 1_234_56


def grants_in(town: Town, village: str, *, rounds: int, odd: int, name: str = RELIEF) -> None:
    """So many round and odd grants in a village."""
    for number in range(rounds + odd):
        grant(town, f"{village}{number}", ROUND if number < rounds else ODD, name, village)


def test_a_village_of_round_amounts_among_odd_ones_is_raised(town: Town) -> None:
    programme(town, RELIEF, "据实")
    grants_in(town, "测试一村", rounds=10, odd=10)
    grants_in(town, "测试二村", rounds=4, odd=36)

    [alert] = town.found("STA-02")

    assert alert["anchor"] == (f"programme:{RELIEF}", "place:测试一村")
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("Y", 10 * ROUND, PAID_ON)
    assert sum(subject.startswith("payment:") for subject in alert["subjects"]) == 10
    assert "20笔中有10笔为整千元（50%），其他村为11.9047%" in alert["why_zh"]


def test_a_share_like_that_of_the_peers_is_let_pass(town: Town) -> None:
    programme(town, RELIEF, "据实")
    grants_in(town, "测试一村", rounds=5, odd=15)
    grants_in(town, "测试二村", rounds=8, odd=32)

    assert town.found("STA-02") == []


def test_nineteen_payments_are_too_few_to_say(town: Town) -> None:
    programme(town, RELIEF, "据实")
    grants_in(town, "测试一村", rounds=19, odd=0)
    grants_in(town, "测试二村", rounds=0, odd=40)

    assert town.found("STA-02") == []


def test_a_village_without_peers_is_compared_with_none(town: Town) -> None:
    programme(town, RELIEF, "据实")
    grants_in(town, "测试一村", rounds=40, odd=0)

    assert town.found("STA-02") == []


def test_round_standard_rates_are_left_alone(town: Town) -> None:
    programme(town, ALLOWANCE, "定额")
    grants_in(town, "测试一村", rounds=20, odd=0, name=ALLOWANCE)
    grants_in(town, "测试二村", rounds=0, odd=40, name=ALLOWANCE)

    assert town.found("STA-02") == []
