"""News of alerts as CloudEvents 1.0 in the structured mode of the HTTP binding (CNCF specification 1.0.2).

source   the origin of the supervision book
id       position and the first 16 digits of the entry's leaf: the same however often it is sent
type     cn.mingzhang.alert.raised.v1 for the topic alert-raised/v1, and so on
subject  alert: and its id
time     when it was recorded
data     the alert as it stood then (OUTPUTS §9); people are references, and are never revealed
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from api.alert_news import WORDS, News
from domain.clock import Clock, instant

MEDIA_TYPE: Final = "application/cloudevents+json; charset=utf-8"
SPEC_VERSION: Final = "1.0"
NAMESPACE: Final = "cn.mingzhang"
EVENT_PREFIX: Final = "alert."
LEAF_DIGITS: Final = 16

EVENTS: Final[Mapping[str, str]] = {f"{EVENT_PREFIX}{word}": word for word in WORDS.values()}
"""What an endpoint may ask for: `alert.raised` for the word `raised`, and so on for each topic of the catalogue."""

TEST: Final = "webhook.test"


def event_id(news: News) -> str:
    """The id of the news among those of its book."""
    return f"{news.position}-{news.leaf.hex()[:LEAF_DIGITS]}"


def message_id(endpoint_id: str, news: News) -> str:
    """The `webhook-id`: of this news to this endpoint, the same however often it is sent."""
    return f"msg_{endpoint_id}_{event_id(news)}"


def cloud_event(origin: str, news: News) -> bytes:
    """The body that tells of `news` from the book of that origin."""
    return _encoded(
        {
            "specversion": SPEC_VERSION,
            "id": event_id(news),
            "source": origin,
            "type": f"{NAMESPACE}.{EVENT_PREFIX}{news.word}.{news.shape}",
            "subject": f"alert:{news.alert['alert_id']}",
            "time": news.recorded_at,
            "datacontenttype": "application/json",
            "data": news.alert,
        }
    )


def test_event(origin: str, endpoint_id: str, number: str, clock: Clock) -> bytes:
    """A body that tells of nothing, to see whether it arrives."""
    return _encoded(
        {
            "specversion": SPEC_VERSION,
            "id": f"test-{number}",
            "source": origin,
            "type": f"{NAMESPACE}.{TEST}.v1",
            "subject": f"webhook:{endpoint_id}",
            "time": instant(clock()),
            "datacontenttype": "application/json",
            "data": {"webhook": endpoint_id},
        }
    )


def _encoded(event: dict[str, Any]) -> bytes:
    return msgspec.json.encode(event)
