"""The site around the pages: language, files, errors."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.pages.assets import EXPECTED, FOREVER, Assets
from api.pages.headers import SECURITY_HEADERS
from api.pages.readings import Shape
from tests.pages.addresses import NOTICE
from tests.pages.conftest import pages_of
from tests.pages.example import Guarded, Township


class Broken(Township):
    """A township whose notices cannot be read, for a reason that holds somebody's name."""

    def notices(self) -> list[Shape]:
        raise RuntimeError("测试甲 440899196803051173")


def test_chinese_is_spoken_until_somebody_asks_for_english_and_then_english(visitor: TestClient) -> None:
    first = visitor.get("/")
    asked = visitor.get("/?lang=en")
    later = visitor.get("/notices")
    back = visitor.get("/notices?lang=zh")
    again = visitor.get("/")

    spoken = [answer.headers["content-language"] for answer in (first, asked, later, back, again)]
    assert spoken == ["zh-CN", "en", "en", "zh-CN", "zh-CN"]
    assert "HttpOnly" in asked.headers["set-cookie"]
    assert "SameSite=lax" in asked.headers["set-cookie"]


def test_a_language_that_is_not_spoken_is_passed_over(visitor: TestClient) -> None:
    answer = visitor.get("/?lang=fr")

    assert answer.headers["content-language"] == "zh-CN"
    assert "set-cookie" not in answer.headers


def test_the_switch_keeps_what_else_was_asked_for(keeper: TestClient) -> None:
    text = keeper.get("/alerts?severity=R&lang=zh").text

    assert 'href="?severity=R&amp;lang=en" lang="en"' in text


def test_public_pages_are_checked_again_each_time_and_staff_pages_are_never_kept(
    visitor: TestClient, keeper: TestClient
) -> None:
    assert visitor.get(NOTICE).headers["cache-control"] == "no-cache"
    assert keeper.get("/alerts").headers["cache-control"] == "no-store"
    assert keeper.get("/alerts").headers["vary"] == "Cookie"
    assert visitor.get("/").headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", EXPECTED)
def test_the_files_of_the_site_are_kept_for_ever_under_names_that_change(visitor: TestClient, name: str) -> None:
    address = Assets().address(name)
    stem, ending = name.rsplit(".", 1)

    answer = visitor.get(address)
    again = visitor.get(address, headers={"If-None-Match": answer.headers["etag"]})

    assert re.fullmatch(rf"/static/{stem}\.[0-9a-f]{{12}}\.{ending}", address)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert again.status_code == 304
    assert again.content == b""


def test_a_file_that_is_not_of_the_site_is_not_found(visitor: TestClient) -> None:
    for name in ("base.css", "nothing.0123456789ab.css", "..%2f..%2fledger.toml"):
        assert visitor.get(f"/static/{name}").status_code == 404


def test_the_site_does_not_start_without_its_files_and_names_those_that_are_missing(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "base.css").write_text("")

    with pytest.raises(FileNotFoundError, match=r"parts\.css, notice\.css, draw\.js.*install the application again"):
        Assets(folder)


def test_no_style_sheet_or_script_fetches_anything_from_elsewhere() -> None:
    from api.pages.assets import FOLDER

    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\(|\beval\b|innerHTML|\.style\b", text), path.name


@pytest.mark.parametrize(("lang", "words"), [("zh", "本站出了故障"), ("en", "Something went wrong on our side")])
def test_a_fault_of_ours_is_told_with_a_number_and_without_what_it_said(
    guarded: Guarded, caplog: pytest.LogCaptureFixture, lang: str, words: str
) -> None:
    client = TestClient(pages_of(Broken(), guarded), raise_server_exceptions=False)

    answer = client.get(f"/notices?lang={lang}")

    assert answer.status_code == 500
    assert words in answer.text
    assert "00010203" in answer.text
    assert "00010203" in caplog.text
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert "440899196803051173" not in answer.text + caplog.text
    assert "测试甲" not in answer.text + caplog.text


def test_a_method_that_a_page_does_not_have_is_told_in_words(visitor: TestClient) -> None:
    answer = visitor.post("/notices")

    assert answer.status_code == 405
    assert "不能这样打开" in answer.text


def test_failures_under_the_api_keep_the_answers_that_the_api_gives_them(site_app: FastAPI) -> None:
    answer = TestClient(site_app).get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
    assert "content-security-policy" in answer.headers


def test_markup_in_an_address_is_shown_and_not_obeyed(keeper: TestClient) -> None:
    answer = keeper.get("/households/%3Cscript%3Ealert(1)%3C%2Fscript%3E")

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text
