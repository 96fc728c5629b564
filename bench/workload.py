"""A township's package of any size, made from a seed: what is measured must be like what is sent."""

import csv
import random  # noqa: TID251  the bench names its seed
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

VILLAGES = ("测试一村", "测试二村", "测试三村", "测试四村")
PROGRAMMES = (("困难残疾人生活补贴", "S01", "月"), ("高龄津贴", "S01", "月"), ("职业培训补贴", "S05", "季"))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
BIN = "629999"
PER_PERSON = 12


def make_package(folder: Path, *, rows: int, seed: int = 2020, as_csv: bool = False) -> Path:
    """Write a package with `rows` subsidy payments to `folder`; about one person per 12 payments.

    `as_csv` writes the payments so, for a sheet of a workbook ends after 1,048,576 rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    people = [person(chance, number) for number in range(max(rows // PER_PERSON, 1))]
    write(
        folder / "manifest.xlsx",
        ["包编号", "区划代码", "数据截止日", "导入方式"],
        [[f"PKG-{seed}-{rows}", "440899101", "2021-03-31", "首次导入"]],
    )
    write(
        folder / "orgs.xlsx",
        ["单位代码", "单位名称", "单位类型", "账号", "纳入对账"],
        [["ORG-ZJ", "测试镇财政所", "镇财政", account(1), "是"]],
    )
    write(folder / "staff.xlsx", STAFF_HEADERS, [staff_row(chance, *post) for post in POSTS])
    write(folder / "allocations.xlsx", ALLOCATION_HEADERS, [ARRIVAL])
    write(folder / "programmes.xlsx", PROGRAMME_HEADERS, [programme_row(*programme) for programme in PROGRAMMES])
    write(
        folder / "deaths.xlsx",
        ["姓名", "身份证号", "死亡日期", "知悉日期", "来源"],
        [[people[0][0], people[0][1], "2020-03-05", "2020-03-20", "民政"]],
    )
    paid = (payment(chance, people, number) for number in range(rows))
    if as_csv:
        write_csv(folder / "subsidy_payments.csv", PAYMENT_HEADERS, paid)
    else:
        write(folder / "subsidy_payments.xlsx", PAYMENT_HEADERS, paid)
    return folder


STAFF_HEADERS = ["工号", "姓名", "身份证号", "单位", "职务", "岗位角色", "任职起"]
POSTS = (
    ("G-0001", "陈永福", "township_leader"),
    ("G-0002", "林国栋", "township_finance"),
    ("G-0003", "黄丽华", "township_finance"),
)
ALLOCATION_HEADERS = [
    "流水编号", "类型", "指标文号", "资金来源", "下达单位", "接收单位", "金额(元)", "用途", "日期", "年度",
]  # fmt: skip
ARRIVAL = [
    "ZB-1", "到达", "测试财社〔2020〕1号", "省级", "测试县财政局", "测试镇财政所", 1_000_000_000, "S01",
    "2020-01-02", 2020,
]  # fmt: skip
PROGRAMME_HEADERS = [
    "项目名称", "项目代码", "发放对象", "周期", "每期次数", "计发方式", "需公示", "公示天数", "须在册", "须核定",
    "脱贫后延续", "可身后发放", "发放方式", "发放时限(天)", "用途代码",
]  # fmt: skip
PAYMENT_HEADERS = [
    "项目名称", "所属期", "姓名", "身份证号", "户编号", "村", "数量", "标准(元)", "档次", "金额(元)", "开户行", "卡号",
    "户名", "申请日期", "申请编号", "核定金额(元)", "审批日期", "审批人", "经办人", "出纳", "发放日期", "流水号",
    "发放类型", "发放渠道", "指标文号", "付款账号", "录入日期", "备注",
]  # fmt: skip


def staff_row(chance: random.Random, staff_no: str, name: str, role: str) -> list[object]:
    """One post."""
    return [staff_no, name, person(chance, 900)[1], "测试镇财政所", "经办", role, "2017-01-01"]


def programme_row(name: str, code: str, kind: str) -> list[object]:
    """One programme."""
    return [name, code, "个人", kind, 1, "定额", "是", 10, "否", "否", "是", "否", "一卡通", 30, code]


def person(chance: random.Random, number: int) -> tuple[str, str, str, str]:
    """(name, ID, account, household) of somebody who does not exist."""
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(20_000))
    body = f"440899{born:%Y%m%d}{number % 999:03d}"
    check = CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    name = "测试" + chr(0x4E00 + number % 20_000)
    return name, body + check, account(100 + number), f"H-{number // 3:05d}"


def account(number: int) -> str:
    """An account of the invented BIN whose Luhn digit is right."""
    body = f"{BIN}{number:012d}"
    doubled = sum(sum(divmod(int(digit) * (2 - index % 2), 10)) for index, digit in enumerate(reversed(body)))
    return body + str(-doubled % 10)


def payment(chance: random.Random, people: list[tuple[str, str, str, str]], number: int) -> list[object]:
    """One payment row: each person gets a month's allowance for each month of the year."""
    name, id_no, card, household = people[(number // PER_PERSON) % len(people)]
    month = number % PER_PERSON + 1
    programme = PROGRAMMES[chance.randrange(2)][0]
    paid_on = date(2020, month, 20 + chance.randrange(8))
    claim = f"SQ-2020-{number:07d}"
    return [
        programme, f"2020-{month:02d}", name, id_no, household, VILLAGES[number % 4], 1, 175.0, "", 175.0,
        "测试信用社", card, name, "2020-01-02", claim, 175.0, "2020-01-10", "陈永福", "林国栋", "黄丽华",
        paid_on.isoformat(),
        f"TEST{paid_on:%Y%m%d}{number:08d}", "正常", "卡", "测试财社〔2020〕1号", account(1), paid_on.isoformat(), "",
    ]  # fmt: skip


def write(path: Path, headers: list[str], rows: Iterable[Sequence[object]]) -> None:
    """One workbook, streamed to disk."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, headers)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)
    book.close()


def write_csv(path: Path, headers: list[str], rows: Iterable[Sequence[object]]) -> None:
    """One sheet as text, streamed to disk."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(headers)
        lines.writerows(rows)
