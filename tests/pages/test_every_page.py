"""What holds for every page, in both languages."""

import re
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from api.pages.headers import SECURITY_HEADERS
from tests.pages.addresses import LANGUAGES, PUBLIC, REFUSED, STAFF, in_language
from tests.pages.conftest import pages_of
from tests.pages.example import TAMPERED, Guarded, Township
from vault.masking import find_personal

HEX = re.compile(
    r"\b[0-9a-f]{32,64}\b|(?:[0-9a-f]{4} ){7,15}[0-9a-f]{4}|0123456789abcdef"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
)
"""Hashes, streams and the digits of a recipe: numbers of nobody."""

EVERY = [pytest.param(address, lang, id=f"{lang} {address}") for address in (*PUBLIC, *STAFF) for lang in LANGUAGES]


class Page(HTMLParser):
    """What the tests look for in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def attributes(self, name: str) -> list[str]:
        return [str(given[name]) for _, given in self.tags if name in given]


@pytest.mark.parametrize(("address", "lang"), EVERY)
def test_every_page_opens_in_the_language_that_was_asked_for(signed_in: TestClient, address: str, lang: str) -> None:
    answer = signed_in.get(in_language(address, lang))

    assert answer.status_code == (422 if "nonsense" in address else 200), address
    assert f'<html lang="{LANGUAGES[lang]}">' in answer.text
    assert answer.headers["content-language"] == LANGUAGES[lang]
    assert len(re.findall(r"<h1\b", answer.text)) == 1
    assert re.search(r"<title>[^<]+ · ", answer.text)


@pytest.mark.parametrize(("address", "lang"), EVERY)
def test_no_page_has_a_script_style_or_handler_within_itself(signed_in: TestClient, address: str, lang: str) -> None:
    answer = signed_in.get(in_language(address, lang))
    page = Page(answer.text)

    scripts = [given for tag, given in page.tags if tag == "script"]
    assert all((given.get("src") or "").startswith("/static/") for given in scripts)
    assert not [tag for tag, _ in page.tags if tag in {"style", "base", "iframe", "object", "embed"}]
    assert page.attributes("style") == []
    assert [name for _, given in page.tags for name in given if name.startswith("on")] == []
    assert "javascript:" not in answer.text


@pytest.mark.parametrize(("address", "lang"), EVERY)
def test_every_page_carries_the_security_headers(signed_in: TestClient, address: str, lang: str) -> None:
    headers = signed_in.get(in_language(address, lang)).headers

    for name, value in SECURITY_HEADERS.items():
        expected = "same-origin" if name == "Referrer-Policy" else value  # signed in: see Site.page
        assert headers[name] == expected, name
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize(("address", "lang"), EVERY)
def test_no_page_shows_a_whole_identity_account_or_telephone_number(
    signed_in: TestClient, address: str, lang: str
) -> None:
    text = HEX.sub(" ", signed_in.get(in_language(address, lang)).text)
    seen = " ".join(Page(text).texts)

    assert "id" not in find_personal(seen)
    assert "phone" not in find_personal(seen)
    assert "629999" not in seen


@pytest.mark.parametrize(("address", "lang"), EVERY)
def test_every_link_of_a_page_leads_to_a_page_that_opens(signed_in: TestClient, address: str, lang: str) -> None:
    page = Page(signed_in.get(in_language(address, lang)).text)
    # H-0117 is named by an alert only; the API is tested by its own tests, with the real application.
    elsewhere = re.compile(r"^(/api/|#|/households/H-0117)")
    links = {link for link in page.attributes("href") + page.attributes("src") if not elsewhere.match(link)}

    opened = {link: signed_in.get(f"{address.partition('?')[0]}{link}" if link[0] == "?" else link) for link in links}

    assert {link: answer.status_code for link, answer in opened.items() if answer.status_code not in {200, 422}} == {}
    anchors = {link[1:] for link in page.attributes("href") if link.startswith("#")}
    assert anchors <= set(page.attributes("id"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "address", ["/", "/notices", "/spot-checks", "/verification", "/alerts", "/alerts/leads", "/import"]
)
def test_a_page_with_nothing_to_show_says_what_to_do(guarded: Guarded, address: str, lang: str) -> None:
    client = TestClient(pages_of(Township(bare=True, report=None), guarded))
    headers = {"Authorization": f"Bearer {guarded.keeper_token}"}

    answer = client.get(in_language(address, lang), headers=headers)

    assert answer.status_code == 200
    assert re.search(r'class="empty-title">[^<]{4,}</p>\s*<p>[^<]{10,}', answer.text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_there_is_told_in_both_languages_with_a_way_on(
    signed_in: TestClient, address: str, lang: str
) -> None:
    answer = signed_in.get(in_language(address, lang))

    assert answer.status_code == 404
    assert f'<html lang="{LANGUAGES[lang]}">' in answer.text
    assert "content-security-policy" in answer.headers
    assert re.search(r'<a [^>]*href="/"|<form [^>]*action="/households"', answer.text)


@pytest.mark.parametrize("address", STAFF)
def test_a_staff_page_shows_anybody_else_nothing_but_the_door(visitor: TestClient, address: str) -> None:
    answer = visitor.get(address)

    assert answer.status_code == 401
    assert '<form class="ask" action="/login" method="post">' in answer.text
    for secret in ("TEST2020", "H-0001</", "DUP-01", "subsidy_payments"):
        assert secret not in answer.text.replace(address.replace("&", "&amp;"), "")


def test_a_damaged_ledger_is_named_on_the_verification_page_and_the_home_page(guarded: Guarded) -> None:
    client = TestClient(pages_of(Township(report=TAMPERED), guarded))

    home, verification = client.get("/").text, client.get("/verification?lang=en").text

    assert "核验未通过" in home
    assert "Verification failed: 1 thing is not as it was sealed." in verification
    assert "content changed" in verification
    assert "4,011" in verification
