"""Workbooks read a second time, by code that shares nothing with the product: openpyxl and csv, and the papers.

A package becomes statements: one for each data row, with its values in fen, ppm and ISO dates, and where it stands.
Only what a township may rightly write is understood here (FORMATS, preamble and Reading); what is malformed is the
matter of other tests.
"""

import csv
import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl

Values = dict[str, Any]

_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")

_SHEETS = {
    "manifest 导入清单": "包编号 package_id text; 区划代码 division_code text; 数据截止日 as_of date;"
    "导入方式 import_mode text; 说明 remark text",
    "places 区划登记": "区划代码 place_code text; 名称 place_name text; 级别 level text; 上级代码 parent_code text;"
    "别名 aliases list",
    "orgs 单位账户登记": "单位代码 org_code text; 单位名称 org_name text; 单位类型 org_kind text;"
    "统一社会信用代码 uscc text; 所在村 village text; 账号 account_no acct; 纳入对账 reconciled yn;"
    "负责人 legal_person name; 负责人证号 legal_person_id id",
    "staff 干部名册": "工号 staff_no text; 姓名 name name; 身份证号 id_no id; 单位 org text; 职务 post text;"
    "岗位角色 role text; 任职起 serving_from date; 任职止 serving_until date",
    "programmes 补贴目录": "项目名称 programme text; 项目代码 programme_code text; 发放对象 unit text;"
    "周期 period_kind text; 每期次数 max_per_period int; 计发方式 amount_rule text; 互斥项目 excludes list;"
    "需公示 needs_notice yn; 公示天数 notice_days int; 须在册 requires_roster yn; 须核定 requires_entitlement yn;"
    "脱贫后延续 carry_over_after_exit yn; 可身后发放 posthumous yn; 发放方式 pay_mode text;"
    "发放时限(天) deadline_days int; 用途代码 purpose_code text; 年度限次 max_per_year int",
    "programme_rates 补贴标准": "项目名称 programme text; 档次 variant text; 标准 rate money; 生效期 from date;"
    "停止期 until date",
    "roster 花名册": "序号 row_no int; 村 village text; 组 hamlet text; 户编号 household_no text;"
    "户主姓名 head_name name; 姓名 name name; 与户主关系 relation text; 身份证号 id_no id; 户类型 category text;"
    "纳入日期 included_on date; 纳入方式 included_kind text; 退出日期 exited_on date; 退出类型 exit_kind text;"
    "原户编号 from_household text; 健康/残疾 disability_level free; 民事行为能力 capacity free;"
    "联系电话 phone phone; 登记日期 registered_on date",
    "deaths 死亡名单": "姓名 name name; 身份证号 id_no id; 死亡日期 death_on date; 知悉日期 known_on date;"
    "来源 source text",
    "allocations 资金指标台账": "流水编号 entry_no text; 类型 entry_kind text; 指标文号 quota_doc_no text;"
    "上级文号 parent_doc_no text; 资金来源 fund_source text; 下达单位 from_org text; 接收单位 to_org text;"
    "接收账号 to_account acct; 金额 amount money; 用途 purpose_codes list; 项目 target text; 日期 occurred_on date;"
    "年度 year int; 银行流水号 bank_ref text; 整合批复文号 integration_doc text",
    "asset_contracts 资产收益合同": "合同编号 contract_no text; 经营主体 operator_name text;"
    "统一社会信用代码 operator_uscc text; 投资村 village text; 本金 principal money; 保底率(%) guaranteed_pct pct;"
    "利润分成(%) share_pct pct; 公益金比例(%) reserve_pct pct; 计息方式 day_count text; 分红日(MM-DD) pay_day text;"
    "起始日 from date; 到期日 until date; 总股数 total_shares qty",
    "shareholders 股东名册": "合同编号 contract_no text; 户编号 household_no text; 姓名 name name; 身份证号 id_no id;"
    "股份 shares qty; 起 from date; 止 until date; 决议文号 resolution text",
    "subsidy_payments 补贴发放表": "项目名称 programme text; 所属期 period period; 姓名 name name; 身份证号 id_no id;"
    "户编号 household_no text; 村 village text; 数量 quantity qty; 标准 rate money; 档次 variant text;"
    "金额 amount money; 开户行 bank text; 卡号 account_no acct; 户名 holder_name name; 申请日期 applied_on date;"
    "申请编号 claim_no text; 核定金额 approved_amount money; 审批日期 approved_on date; 审批人 approver staff;"
    "经办人 preparer staff; 出纳 cashier staff; 代办人 agent name; 发放日期 paid_on date; 流水号 bank_ref text;"
    "发放类型 pay_kind text; 发放渠道 channel text; 指标文号 quota_doc_no text; 付款账号 paid_from acct;"
    "培训班号 class_id text; 凭证号 invoice_no text; 附件SHA256 evidence_sha256 text; 录入日期 keyed_on date;"
    "备注 remark free",
    "loans 小额信贷台账": "借据号 loan_no text; 借款人 borrower_name name; 身份证号 id_no id; 户编号 household_no text;"
    "承办银行 bank text; 贷款金额 principal money; 年利率(%) rate_pct pct; 放款日 issued_on date;"
    "到期日 due_on date; 用途 purpose free; 放款账号 disbursement_account acct; 户名 holder_name name;"
    "户名证号 holder_id id; 代办人 agent name; 代办人证号 agent_id id; 本人到场 borrower_present yn;"
    "联系电话 phone phone; 担保费 guarantee_fee money; 续贷原借据号 renews text; 追加批准 topup_approved yn;"
    "贴息金额 interest_subsidy money; 还款日 repaid_on date; 还款金额 repaid money; 还款人 payer name;"
    "余额 balance money; 结清日 settled_on date; 状态 status text",
    "dividend_receipts 分红到账": "流水号 bank_ref text; 合同编号 contract_no text; 期 period period;"
    "金额 amount money; 收款账号 to_account acct; 到账日期 received_on date",
    "dividends 分红台账": "合同编号 contract_no text; 经营主体 operator_name text;"
    "统一社会信用代码 operator_uscc text; 本金 principal money; 保底率(%) guaranteed_pct pct;"
    "年度/期 period period; 应分总额 pool_due money; 户编号 household_no text; 户主姓名 head_name name;"
    "身份证号 id_no id; 股份 shares qty; 实分 paid money; 发放日期 paid_on date; 账号 account_no acct;"
    "户名 holder_name name; 签收人 signed_by name; 签收人证号 signed_by_id id; 流水号 bank_ref text",
}


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its Chinese header without the unit 元, its alias, and how its cells are read."""

    header: str
    alias: str
    kind: str

    @property
    def fact(self) -> str:
        """What the column is called in a fact table (OUTPUTS §6)."""
        if self.kind == "money":
            return f"{self.alias}_fen"
        return re.sub("_pct$", "_ppm", self.alias)


@dataclass(frozen=True)
class Statement:
    """What one row of one file states: values under the names of the fact tables, and where they stand."""

    sheet: str
    package_id: str
    as_of: str
    file_sha256: str
    row: int
    values: Values


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*column.split()) for column in text.split(";"))


COLUMNS: Mapping[str, tuple[Column, ...]] = {name.split()[0]: _columns(text) for name, text in _SHEETS.items()}
TITLES: Mapping[str, str] = {name.split()[0]: name.split()[1] for name in _SHEETS}


def kinds(sheet: str) -> dict[str, str]:
    """How each column of the sheet's fact table is read: its name there, and its kind."""
    return {column.fact: column.kind for column in COLUMNS[sheet]}


def read_package(path: Path) -> list[Statement]:
    """Every data row of the sheets above in a folder or zip, in the order of the sheets and rows; others are left."""
    files = dict(_files(path))
    manifest = next(_statements("manifest", files["manifest"], package_id="", as_of="")).values
    package = {"package_id": manifest["package_id"], "as_of": manifest["as_of"]}
    return [
        statement for sheet in COLUMNS if sheet in files for statement in _statements(sheet, files[sheet], **package)
    ]


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        yield from ((file.stem, file.read_bytes()) for file in path.iterdir())
        return
    with zipfile.ZipFile(path) as archive:
        yield from ((Path(name).stem, archive.read(name)) for name in archive.namelist())


def _statements(sheet: str, data: bytes, *, package_id: str, as_of: str) -> Iterator[Statement]:
    digest = hashlib.sha256(data).hexdigest()
    readers: dict[int, Callable[[Any], Any]] = {}
    names: dict[int, str] = {}
    for number, cells in enumerate(_lines(data), start=1):
        if not readers:
            readers, names = _header(sheet, cells)
        elif _is_data(cells):
            values: Values = {name: [] if kind == "list" else None for name, kind in kinds(sheet).items()}
            values |= {names[place]: readers[place](cells[place]) for place in readers if place < len(cells)}
            yield Statement(sheet, package_id, as_of, digest, number, values)


def _lines(data: bytes) -> Iterator[Sequence[Any]]:
    if data[:4] == b"PK\3\4":
        book = openpyxl.load_workbook(BytesIO(data), data_only=True)
        yield from book.active.iter_rows(values_only=True)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    yield from csv.reader(StringIO(text, newline=""))


def _header(sheet: str, cells: Sequence[Any]) -> tuple[dict[int, Callable[[Any], Any]], dict[int, str]]:
    """The reader and the name of each column by its place, if this line is the header; else nothing."""
    known = {_plain(spelling): column for column in COLUMNS[sheet] for spelling in (column.header, column.alias)}
    if sheet == "dividends":
        known["年度"] = known["年度/期"]
    found: dict[int, tuple[Column, int]] = {}
    for place, cell in enumerate(cells):
        header = _plain(str(cell or ""))
        column = known.get(re.sub(r"\(万?元\)$", "", header))
        if column:
            found[place] = (column, 10_000 if header.endswith("(万元)") else 1)
    if len(found) * 2 < len(COLUMNS[sheet]):
        return {}, {}
    readers = {place: _reader(column.kind, times) for place, (column, times) in found.items()}
    return readers, {place: column.fact for place, (column, _) in found.items()}


def _is_data(cells: Sequence[Any]) -> bool:
    filled = [str(cell) for cell in cells if cell not in (None, "")]
    return bool(filled) and filled[0].replace(" ", "").rstrip(":：") not in {"合计", "总计", "小计"}


def _reader(kind: str, times: int) -> Callable[[Any], Any]:
    readers: dict[str, Callable[[Any], Any]] = {
        "money": lambda cell: _exact(cell, 100 * times),
        "pct": lambda cell: _exact(cell, 10_000),
        "int": lambda cell: _exact(cell, 1),
        "qty": _quantity,
        "date": _day,
        "period": _period,
        "yn": lambda cell: cell == "是",
        "list": lambda cell: [part.strip() for part in re.split("[、;]", str(cell)) if part.strip()],
        "id": lambda cell: _plain(_digits(cell)).upper(),
        "acct": lambda cell: _plain(_digits(cell)),
        "phone": lambda cell: _plain(_digits(cell)),
    }
    read: Callable[[Any], Any] = readers.get(kind, _text)

    def reader(cell: Any) -> Any:
        empty = cell is None or str(cell).strip() == ""
        return ([] if kind == "list" else None) if empty else read(cell)

    return reader


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def _text(cell: Any) -> str:
    return _digits(cell).translate(_FULL_WIDTH_DIGITS)


def _digits(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _number(cell: Any) -> Decimal:
    if isinstance(cell, float):
        return Decimal(f"{cell:.15g}")
    return Decimal(re.sub("[,￥¥%\\s]", "", unicodedata.normalize("NFKC", str(cell))))


def _exact(cell: Any, times: int) -> int:
    product = _number(cell) * times
    if product != int(product):
        raise ValueError(f"{cell} times {times} is not whole.")
    return int(product)


def _quantity(cell: Any) -> int | float:
    number = _number(cell)
    return int(number) if number == int(number) else float(number)


def _day(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    text = _digits(cell)
    if text.isdigit() and len(text) == len("43831"):
        return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    if text.isdigit():
        return date.fromisoformat(text).isoformat()
    return date(*map(int, re.findall(r"\d+", text)[:3])).isoformat()


def _period(cell: Any) -> str:
    return cell.date().isoformat()[:7] if isinstance(cell, datetime) else _digits(cell).upper()
