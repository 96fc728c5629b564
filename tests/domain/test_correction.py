"""A correction is the row, stated again."""

from datetime import date

import msgspec
import pytest

from domain.catalogue import UnknownTopic, as_told, load, restated
from domain.correction import EventCorrected
from domain.disbursement import PaymentMade
from domain.event import Versioned


def corrected(frozen: dict[str, list[bytes]]) -> EventCorrected:
    """The frozen correction with what is required."""
    event = load("event-corrected/v1", frozen["event-corrected/v1"][0])
    assert isinstance(event, EventCorrected)
    return event


def test_a_correction_is_told_as_the_row_that_it_states_under_its_own_topic(frozen: dict[str, list[bytes]]) -> None:
    event = corrected(frozen)

    told = as_told(Versioned(17, "stream", 2, EventCorrected.TOPIC, event))

    assert isinstance(told.event, PaymentMade)
    assert isinstance(told.before, PaymentMade)
    assert (told.event.village, told.before.village) == ("测试二村", "测试一村")
    assert told.event.occurred_on == event.row_occurred_on
    assert told.event.paid_on == date(2020, 6, 20)
    assert (told.topic, told.corrects) == ("event-corrected/v1", event.target_position)


def test_any_other_event_is_told_as_it_is(frozen: dict[str, list[bytes]]) -> None:
    placed = Versioned(1, "stream", 1, "payment-made/v1", load("payment-made/v1", frozen["payment-made/v1"][0]))

    assert as_told(placed) is placed


def test_a_correction_of_a_topic_that_nobody_knows_asks_for_an_update(frozen: dict[str, list[bytes]]) -> None:
    event = msgspec.structs.replace(corrected(frozen), target_topic="payment-made/v9")

    with pytest.raises(UnknownTopic, match="payment-made/v9"):
        restated(event)
