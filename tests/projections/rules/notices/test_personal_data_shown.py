"""PUB-06: a notice shows no number whole and no minor's name (DOMAIN §4 I, §6)."""

from tests.projections.history import person
from tests.projections.rules.notices.posting import POSTED, name, post, turn
from tests.projections.rules.town import Town


def test_a_notice_with_a_line_that_shows_a_number_whole_is_raised(town: Town) -> None:
    notice = post(town)
    shown = name(town, unmasked=("id_no",))
    name(town, "乙", line_no=2)

    [alert] = town.found("PUB-06")

    assert alert["anchor"] == ("notice:GS-1",)
    assert alert["subjects"] == ("notice:GS-1", f"person:{person('甲')}")
    assert alert["event_refs"] == (notice, shown)
    assert (alert["severity"], alert["holds_from"], alert["amount_at_risk_fen"]) == ("R", POSTED, 0)
    assert "其中1处" in alert["why_zh"]


def test_header_and_lines_of_one_notice_are_places_of_one_alert(town: Town) -> None:
    post(town, unmasked=("mobile",))
    name(town, unmasked=("id_no", "account"))
    name(town, "乙", line_no=2, unmasked=("minor_name",))

    [alert] = town.found("PUB-06")

    assert "其中3处" in alert["why_zh"]


def test_a_header_alone_may_show_it_and_nobody_is_named(town: Town) -> None:
    post(town, unmasked=("account",))
    name(town)

    [alert] = town.found("PUB-06")

    assert alert["subjects"] == ("notice:GS-1",)


def test_a_notice_that_masks_everything_is_in_order(town: Town) -> None:
    post(town)
    name(town)

    assert town.found("PUB-06") == []


def test_a_line_that_comes_later_and_one_that_is_corrected_turn_it_live(town: Town) -> None:
    post(town)
    name(town)
    assert turn(town, "PUB-06") == (0, 0)

    name(town, "乙", line_no=2, unmasked=("id_no",))
    assert turn(town, "PUB-06") == (1, 0)
    town.history.correct("notice GS-1 line 2", unmasked=[])
    assert turn(town, "PUB-06") == (0, 1)
    post(town, unmasked=("mobile",))
    assert turn(town, "PUB-06") == (1, 0)
    post(town)
    assert turn(town, "PUB-06") == (0, 1)
