"""Masking in one place: what anybody may see."""

import pytest

from vault.masking import find_personal, mask_account, mask_id, mask_name, mask_phone, masked


def test_an_id_number_hides_its_birth_date_and_its_check_digit() -> None:
    assert mask_id("440899196803051173") == "440899********11**"


def test_a_first_generation_id_keeps_only_its_county() -> None:
    assert mask_id("440899680305117") == "440899*********"


def test_an_account_keeps_its_last_four_digits_and_a_short_one_nothing() -> None:
    assert mask_account("6299990000000000012") == "****0012"
    assert mask_account("0012") == "****"


def test_a_mobile_number_keeps_both_ends_and_a_landline_two_digits() -> None:
    assert mask_phone("13912345678") == "139****5678"
    assert mask_phone("0759-0000001") == "****01"


def test_a_name_in_a_message_keeps_its_surname_only() -> None:
    assert mask_name("测试甲") == "测某某"
    assert mask_name("") == ""


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("440899196803051173", "440899********11**"),
        ("证号440899196803051173。", "证号440899********11**。"),
        ("44089919680305117X", "440899********11**"),
        ("440899680305117", "440899*********"),
        ("卡6299990000000000012", "卡****0012"),
        ("6299 9900 0000 0000 012", "****0012"),
        ("电话0759-0000001", "电话****01"),
        ("13912345678", "139****5678"),
    ],
)
def test_whatever_looks_like_a_personal_number_is_masked_in_any_text(text: str, hidden: str) -> None:
    assert masked(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "合计 7300.00 元",
        "2020-06-20",
        "测试财农〔2020〕1号",
        "SQ-2020-00001",
        "TEST20200620001",
        "440899101201",
        "微信号",
    ],
)
def test_amounts_days_documents_and_references_stay_legible(text: str) -> None:
    assert masked(text) == text


def test_the_privacy_scan_names_the_kinds_of_number_that_stand_in_clear() -> None:
    assert find_personal("李某 440899196803051173 6299990000000000012 13912345678") == ["id", "account", "phone"]
    assert find_personal("李某 440899********11** ****0012") == []
