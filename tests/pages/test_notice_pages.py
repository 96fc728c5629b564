"""The public board and one notice: what the law wants on it, and what somebody who photographed it can compare."""

import base64
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from fastapi.testclient import TestClient

from api.notice_heads import fingerprint
from api.pages.notices import SHEETS, sheets
from api.pages.qr import qr_svg
from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Verifier
from tests.pages.addresses import LONG_NOTICE, NOTICE
from tests.pages.conftest import pages_of
from tests.pages.example import NOTICES, ORIGIN, ROOT, SIGNER, SIZE, Guarded, Township, line


def text_of(page: str) -> str:
    """What can be read on a page, with single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", " ", page, flags=re.DOTALL))).split())


def test_the_board_lists_every_notice_the_newest_first(visitor: TestClient) -> None:
    page = visitor.get("/notices").text

    order = re.findall(r'<h2><a href="([^"]+)"', page)
    assert order == [
        f"/notices/{quote(number)}"
        for number in ("GG-2020Q2-职业培训补贴", "GG-2020-03-最低生活保障金", "GG-2020-一户")
    ]
    assert "¥19,500.00" in page
    assert "2020年7月10日至2020年7月20日" in page


def test_a_notice_says_everything_that_the_law_wants_to_be_said(visitor: TestClient) -> None:
    text = text_of(visitor.get(NOTICE).text)

    for wanted in (
        "测试镇职业培训补贴（2020Q2）发放公告",
        "编号 GG-2020Q2-职业培训补贴 · 公告 · 事后",
        "依据文件 测试财农〔2020〕30号",
        "资金来源 省级",
        "资金金额 ¥100,000.00",
        "项目 职业培训补贴",
        "所属期 2020年第2季度",
        "实施单位 测试镇财政所",
        "张贴地点 村务公开栏",
        "公示期 2020年7月10日至2020年7月20日",
        "序号 村组 姓名 证件号 标准 数量 所属期 金额",
        "名单 26 行 合计 ¥19,500.00 大写 壹万玖仟伍佰元整",
        "请在 2020年7月20日 前",
        "镇 镇乡村振兴办 县 县纪委监委 监督电话 12317",
        "测试镇 （盖章处） 2020年7月10日",
        f"账本规模：{SIZE:,} 条。",
    ):
        assert wanted in text, wanted


def test_every_line_of_a_notice_stands_on_it_masked(visitor: TestClient) -> None:
    text = text_of(visitor.get(LONG_NOTICE).text)

    for told in NOTICES[1]["lines"]:
        wanted = (
            f"{told['line_no']} {told['village']} {told['hamlet']} {told['name']} {told['id_no']} "
            f"¥{told['standard_fen'] // 100}.00 1 2020年第2季度 ¥{told['amount_fen'] // 100}.00"
        )
        assert wanted in text


def test_the_whole_root_and_the_keys_fingerprint_stand_on_a_notice_in_groups_of_four(visitor: TestClient) -> None:
    page = visitor.get(NOTICE).text

    groups = re.findall(r'<code class="hash">([^<]+)</code>', page)
    assert {group.replace(" ", "") for group in groups} == {ROOT, fingerprint(SIGNER.vkey)}
    assert all(len(part) == 4 for group in groups for part in group.split())


def test_the_code_on_a_notice_holds_the_signed_head_behind_the_address_of_the_check(visitor: TestClient) -> None:
    page = visitor.get(NOTICE).text
    drawn = re.search(r'<svg[^>]*class="qr".*?</svg>', page, re.DOTALL)
    fragment = unescape(re.findall(r'href="/check#([^"]+)"', page)[0])
    told = dict(parse_qsl(fragment, strict_parsing=True))

    assert drawn is not None
    assert drawn.group() == qr_svg(f"http://testserver/check#{fragment}").strip()
    assert "style=" not in drawn.group()
    assert told["s"] == str(SIZE)
    assert [raw(told[name]) for name in "nork"] == [
        "GG-2020Q2-职业培训补贴".encode(),
        ORIGIN.encode(),
        bytes.fromhex(ROOT),
        SIGNER.key.public,
    ]
    checkpoint = Checkpoint(ORIGIN, SIZE, bytes.fromhex(ROOT))
    Ed25519Verifier(SIGNER.key).verify(checkpoint.text, raw(told["g"]))
    assert "http://testserver/notices/GG-2020Q2-职业培训补贴" in text_of(page)
    assert "照纸上输入来核对： http://testserver/check " in text_of(page)


def test_a_notice_that_no_signed_head_covers_yet_says_so_and_names_none(township: Township, guarded: Guarded) -> None:
    township.unsigned = True
    page = TestClient(pages_of(township, guarded)).get(NOTICE).text

    assert "尚未有签名的树根，请过一分钟再看" in text_of(page)
    for absent in ('class="qr"', 'class="hash"', "/check#", ROOT[:4] + " "):
        assert absent not in page


def raw(encoded: str) -> bytes:
    """What base64url says."""
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"size": str(SIZE), "root": ROOT}, "纸上的树根与账本一致"),
        ({"size": str(SIZE), "root": ROOT.upper()}, "纸上的树根与账本一致"),
        ({"size": str(SIZE), "root": f"{ROOT[:63]}0" if ROOT[63] != "0" else f"{ROOT[:63]}1"}, "不一致"),
        ({"size": str(SIZE), "root": ROOT[:40]}, "不一致"),
        ({"size": str(SIZE + 1), "root": ROOT}, "不一致"),
        ({"root": ROOT}, "不一致"),
        ({"size": str(SIZE), "root": ""}, "不一致"),
    ],
)
def test_a_root_that_was_read_from_paper_is_compared_whole(
    visitor: TestClient, asked: dict[str, str], said: str
) -> None:
    assert said in text_of(visitor.get(NOTICE, params=asked).text)


def test_a_notice_without_a_root_from_paper_claims_no_comparison(visitor: TestClient) -> None:
    assert "纸上的树根" not in text_of(visitor.get(NOTICE).text)


def test_a_notice_that_does_not_hang_is_not_found(visitor: TestClient) -> None:
    assert visitor.get("/notices/GG-2020-none").status_code == 404


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 1), (20, 1), (21, 2), (50, 2), (51, 3)])
def test_the_lines_are_printed_page_by_page_with_a_subtotal_each(count: int, pages: int) -> None:
    lines: list[dict[str, Any]] = [line(number) for number in range(1, count + 1)]

    printed = list(sheets(lines, *SHEETS["a4"]))

    assert len(printed) == pages
    assert [told for sheet in printed for told in sheet["lines"]] == lines
    assert sum(sheet["subtotal_fen"] for sheet in printed) == sum(told["amount_fen"] for told in lines)
    assert [(sheet["first"], sheet["last"]) for sheet in printed] == [
        (sheet["lines"][0]["line_no"], sheet["lines"][-1]["line_no"]) for sheet in printed
    ]


def test_a_list_of_more_than_forty_lines_asks_for_the_larger_sheet(visitor: TestClient) -> None:
    assert "sheet-a4-zh" in visitor.get(NOTICE).text
    assert "sheet-a3-zh" in visitor.get(LONG_NOTICE).text
    assert "sheet-a3-en" in visitor.get(f"{LONG_NOTICE}?lang=en").text


def test_a_list_of_one_page_has_no_subtotal_beside_its_total(visitor: TestClient) -> None:
    assert "本页小计" not in visitor.get(f"/notices/{quote('GG-2020-一户')}").text
    assert "本页小计（第 21 至 26 行）" in visitor.get(NOTICE).text
