"""News of alerts: one word for each topic, and the alert as it stood at that entry, whatever came after it."""

from api.alert_news import WORDS, Wanted, news_behind, news_of
from api.ledger import Ledger
from domain.catalogue import EVENTS
from domain.event import BookName
from tests.api.webhooks.receiving import change_alert, raise_alert, withdraw_alert


def test_every_event_of_the_supervision_book_that_names_an_alert_is_news_under_a_word_of_its_own() -> None:
    named = {
        topic
        for topic, event in EVENTS.items()
        if event.BOOK is BookName.SUPERVISION and "alert_id" in event.__struct_fields__
    }

    assert named == WORDS.keys()
    assert len(set(WORDS.values())) == len(WORDS)
    assert {"alert-raised/v1", "alert-changed/v1", "alert-withdrawn/v1"} <= named


def test_an_alert_is_told_as_it_stood_then_and_not_as_it_stands_now(empty_ledger: Ledger) -> None:
    first = raise_alert(empty_ledger, 1)
    change_alert(empty_ledger, 1, 2, severity="O", event_refs=(1, 2, 3))
    withdraw_alert(empty_ledger, 1, 3)
    raise_alert(empty_ledger, 2)

    told = [news for _, news in news_behind(empty_ledger.supervision, first - 1) if news is not None]

    assert [news.word for news in told] == ["raised", "changed", "withdrawn", "raised"]
    assert [news.alert["state"] for news in told] == ["raised", "raised", "withdrawn", "raised"]
    assert [news.alert["severity"] for news in told] == ["R", "O", "O", "R"]
    assert [news.alert["event_refs"] for news in told] == [(1, 2), (1, 2, 3), (1, 2, 3), (1, 2)]
    assert len({news.alert["raised_at"] for news in told[:3]}) == 1


def test_an_entry_that_is_about_no_alert_is_no_news(empty_ledger: Ledger) -> None:
    opening = empty_ledger.supervision.entry(1)

    assert opening is not None
    assert news_of(empty_ledger.supervision, opening) is None


def test_what_was_not_asked_for_is_passed_over_with_its_position(empty_ledger: Ledger) -> None:
    first = raise_alert(empty_ledger, 1, severity="Y")
    second = raise_alert(empty_ledger, 2)
    wanted = Wanted(words=frozenset({"raised"}), severities=frozenset({"R"}), rules=frozenset({"DUP-01"}))

    told = list(news_behind(empty_ledger.supervision, first - 1, wanted))

    assert [(position, news is not None) for position, news in told] == [(first, False), (second, True)]
