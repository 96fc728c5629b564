"""Every page of the invented township, by who may open it."""

from urllib.parse import quote

from tests.pages.example import ALERTS

NOTICE = f"/notices/{quote('GG-2020Q2-职业培训补贴')}"
LONG_NOTICE = f"/notices/{quote('GG-2020-03-最低生活保障金')}"

RED, ORANGE, WITHDRAWN = (ALERTS[place]["alert_id"] for place in (0, 2, 4))

PUBLIC = (
    "/",
    "/notices",
    NOTICE,
    LONG_NOTICE,
    f"{NOTICE}?size=1&root=00",
    "/spot-checks",
    "/spot-checks/SC-2021-001",
    "/spot-checks/SC-2021-002",
    "/spot-checks/SC-2021-003",
    "/verification",
    "/check",
    "/login",
)
STAFF = (
    "/alerts",
    "/alerts?state=withdrawn",
    f"/alerts/{RED}",
    f"/alerts/{ORANGE}",
    f"/alerts/{WITHDRAWN}",
    "/alerts/leads",
    "/households",
    "/households/H-0001",
    "/households/H-0001?as_of=2020-06-21&known_on=nonsense",
    "/events/4011",
    "/import",
    "/import/0badcafe",
    "/import/0000fa17",
    "/import/0000dead",
)
REFUSED = ("/no-such-page", "/households/H-9999", "/events/999999999", f"/alerts/{'0' * 32}")
LANGUAGES = {"zh": "zh-CN", "en": "en"}


def in_language(address: str, lang: str) -> str:
    """The address of the page in a language."""
    return f"{address}{'&' if '?' in address else '?'}lang={lang}"
