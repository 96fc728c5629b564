"""The columns of every workbook, copied from the papers by hand: Chinese header, alias, and how its cells are read.

Nothing of the product is imported: this is what its reading is held against (FORMATS §1–37). Kinds: `name` and `free`
may speak of a person and are hidden without a reveal; `party` and `party_id` are a person's or an organisation's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SHEETS = {
    "manifest 导入清单": "包编号 package_id text; 区划代码 division_code text; 数据截止日 as_of date;"
    "导入方式 import_mode text; 说明 remark text",
    "places 区划登记": "区划代码 place_code text; 名称 place_name text; 级别 level text; 上级代码 parent_code text;"
    "别名 aliases list",
    "orgs 单位账户登记": "单位代码 org_code text; 单位名称 org_name text; 单位类型 org_kind text;"
    "统一社会信用代码 uscc uscc; 所在村 village text; 账号 account_no acct; 纳入对账 reconciled yn;"
    "负责人 legal_person name; 负责人证号 legal_person_id id",
    "staff 干部名册": "工号 staff_no text; 姓名 name name; 身份证号 id_no id; 单位 org text; 职务 post text;"
    "岗位角色 role text; 任职起 serving_from date; 任职止 serving_until date",
    "approval_limits 审批限额": "限额类型 limit_kind text; 岗位角色 role text; 限额 amount money; 生效日 from date;"
    "失效日 until date",
    "relations 近亲属备案": "工号 staff_no text; 亲属姓名 relative_name name; 亲属证号 relative_id id;"
    "关系 relation text; 备案日期 declared_on date; 是否回避 recused yn",
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
    "guardians 监护代管登记": "被监护人 ward_name name; 被监护人证号 ward_id id; 监护人 guardian_name name;"
    "监护人证号 guardian_id id; 收款账号 account_no acct; 关系 relation text; 生效日 from date; 失效日 until date",
    "deaths 死亡名单": "姓名 name name; 身份证号 id_no id; 死亡日期 death_on date; 知悉日期 known_on date;"
    "来源 source text",
    "payroll 财政供养名单": "姓名 name name; 身份证号 id_no id; 单位 org text; 起始日 from date; 终止日 until date",
    "allocations 资金指标台账": "流水编号 entry_no text; 类型 entry_kind text; 指标文号 quota_doc_no text;"
    "上级文号 parent_doc_no text; 资金来源 fund_source text; 下达单位 from_org text; 接收单位 to_org text;"
    "接收账号 to_account acct; 金额 amount money; 用途 purpose_codes list; 项目 target text; 日期 occurred_on date;"
    "年度 year int; 银行流水号 bank_ref text; 整合批复文号 integration_doc text",
    "entitlements 应享名单": "项目名称 programme text; 户编号 household_no text; 姓名 name name; 身份证号 id_no id;"
    "起 from date; 止 to date; 每期金额 amount_per_period money; 核定日期 granted_on date;"
    "书面放弃日期 declined_on date",
    "projects 项目台账": "项目编号 project_no text; 项目名称 project_name text; 项目类别 project_class text;"
    "建设地点 location text; 资金来源 fund_source text; 指标文号 quota_doc_no text; 计划资金 budget money;"
    "到位资金 received money; 拨付资金 paid money; 实施单位 implementer text; 施工单位 supplier_name text;"
    "统一社会信用代码 supplier_uscc uscc; 合同金额 contract_amount money; 入库日期 entered_on date;"
    "立项日期 approved_on date; 状态 status text; 开工日期 started_on date; 验收日期 accepted_on date;"
    "受益户数 beneficiary_households int; 绩效目标 performance_target text; 公示起 notice_from date;"
    "公示止 notice_until date",
    "contracts 合同台账": "合同编号 contract_no text; 项目编号 project_no text; 供应商 supplier_name text;"
    "供应商代码 supplier_uscc uscc; 采购方式 method text; 合同金额 amount money; 签订日期 signed_on date;"
    "经常性合同 recurring yn; 变更后金额 amended_amount money; 变更日期 amended_on date",
    "training_classes 培训班次": "培训班号 class_id text; 培训机构 provider text; 地点 venue text; 容量 capacity int;"
    "工种 skill text; 等级 level text; 开始 start_at moment; 结束 end_at end",
    "training_attendance 培训签到表": "培训班号 class_id text; 姓名 name name; 身份证号 id_no id;"
    "签到 start_at moment; 签退 end_at end; 结果 result text; 是否领补 subsidised yn; 签到设备 device text",
    "asset_contracts 资产收益合同": "合同编号 contract_no text; 经营主体 operator_name text;"
    "统一社会信用代码 operator_uscc uscc; 投资村 village text; 本金 principal money; 保底率(%) guaranteed_pct pct;"
    "利润分成(%) share_pct pct; 公益金比例(%) reserve_pct pct; 计息方式 day_count text; 分红日(MM-DD) pay_day text;"
    "起始日 from date; 到期日 until date; 总股数 total_shares qty",
    "shareholders 股东名册": "合同编号 contract_no text; 户编号 household_no text; 姓名 name name; 身份证号 id_no id;"
    "股份 shares qty; 起 from date; 止 until date; 决议文号 resolution text",
    "profit_reports 经营报告": "合同编号 contract_no text; 期 period period; 利润 profit money; 经营状态 status text;"
    "报告日期 reported_on date",
    "notices 公示台账": "公示编号 notice_no text; 公示层级 level text; 类别 kind text; 内容类型 subject_kind text;"
    "项目名称 programme text; 项目编号 project_no text; 合同编号 contract_no text; 村 village text;"
    "张贴地点 place text; 公示起 from date; 公示止 until date; 撤回日期 withdrawn_on date; 责任人 responsible staff;"
    "公示文本 text free",
    "notice_lines 公示明细": "公示编号 notice_no text; 行号 line_no int; 村 village text; 户编号 household_no text;"
    "姓名 name name; 身份证号 id_no id; 所属期起 period_from period; 所属期止 period_to period; 金额 amount money;"
    "打印文本 printed_text free",
    "objections 异议台账": "异议编号 objection_no text; 对象类型 ref_kind text; 对象编号 ref_no text;"
    "提出日期 filed_on date; 内容 content free; 本人否认 denial yn; 结案日期 resolved_on date; 结果 outcome text;"
    "答复人 resolver staff",
    "payment_instructions 支付指令台账": "指令号 instruction_no text; 业务类型 ref_kind text; 业务编号 ref_no text;"
    "收款人 payee_name party; 收款人证号 payee_id party_id; 收款账号 account_no acct; 指标文号 quota_doc_no text;"
    "行号 line_no int; 金额 amount money; 用途代码 purpose_code text; 经办人 preparer staff; 审批人 approver staff;"
    "审批日期 approved_on date; 指令日期 instructed_on date; 分期约定 instalment_plan text",
    "subsidy_payments 补贴发放表": "项目名称 programme text; 所属期 period period; 姓名 name name; 身份证号 id_no id;"
    "户编号 household_no text; 村 village text; 数量 quantity qty; 标准 rate money; 档次 variant text;"
    "金额 amount money; 开户行 bank text; 卡号 account_no acct; 户名 holder_name name; 申请日期 applied_on date;"
    "申请编号 claim_no text; 核定金额 approved_amount money; 审批日期 approved_on date; 审批人 approver staff;"
    "经办人 preparer staff; 出纳 cashier staff; 代办人 agent name; 发放日期 paid_on date; 流水号 bank_ref text;"
    "发放类型 pay_kind text; 发放渠道 channel text; 指标文号 quota_doc_no text; 付款账号 paid_from acct;"
    "培训班号 class_id text; 凭证号 invoice_no text; 附件SHA256 evidence_sha256 text; 录入日期 keyed_on date;"
    "备注 remark free",
    "project_payments 支付台账": "流水号 bank_ref text; 行号 line_no int; 项目编号 project_no text;"
    "合同编号 contract_no text; 收款单位 payee_name party; 收款代码 payee_uscc uscc; 收款账号 account_no acct;"
    "金额 amount money; 用途代码 purpose_code text; 摘要 summary free; 指标文号 quota_doc_no text;"
    "付款账号 paid_from acct; 发票号 invoice_no text; 发票总额 invoice_total money; 附件SHA256 evidence_sha256 text;"
    "经办人 preparer staff; 审批人 approver staff; 出纳 cashier staff; 审批日期 approved_on date;"
    "支付日期 paid_on date; 录入日期 keyed_on date",
    "payment_returns 退票冲正台账": "退票流水号 return_ref text; 类型 return_kind text; 原流水号 target_ref text;"
    "金额 amount money; 日期 returned_on date; 原因 reason free; 经办人 preparer staff",
    "loans 小额信贷台账": "借据号 loan_no text; 借款人 borrower_name name; 身份证号 id_no id; 户编号 household_no text;"
    "承办银行 bank text; 贷款金额 principal money; 年利率(%) rate_pct pct; 放款日 issued_on date;"
    "到期日 due_on date; 用途 purpose free; 放款账号 disbursement_account acct; 户名 holder_name name;"
    "户名证号 holder_id id; 代办人 agent name; 代办人证号 agent_id id; 本人到场 borrower_present yn;"
    "联系电话 phone phone; 担保费 guarantee_fee money; 续贷原借据号 renews text; 追加批准 topup_approved yn;"
    "贴息金额 interest_subsidy money; 还款日 repaid_on date; 还款金额 repaid money; 还款人 payer name;"
    "余额 balance money; 结清日 settled_on date; 状态 status text",
    "loan_flows 放款资金流向": "流水号 flow_ref text; 借据号 loan_no text; 日期 moved_on date; 金额 amount money;"
    "对方账号 to_account acct; 对方户名 to_name party; 对方证号 to_id party_id; 用途摘要 summary free;"
    "发票号 invoice_no text",
    "loan_repayments 还款流水": "流水号 repay_ref text; 借据号 loan_no text; 日期 repaid_on date;"
    "本金 principal money; 利息 interest money; 还款人 payer_name party; 还款人证号 payer_id party_id;"
    "与借款人关系 payer_relation text",
    "interest_subsidies 贴息台账": "流水号 bank_ref text; 借据号 loan_no text; 计息起 from date; 计息止 to date;"
    "本金 principal money; 金额 amount money; 收款人 payee_name party; 收款人证号 payee_id party_id;"
    "收款账号 account_no acct; 发放日期 paid_on date; 指标文号 quota_doc_no text",
    "loan_confirmations 借款核实台账": "借据号 loan_no text; 姓名 name name; 身份证号 id_no id; 结果 result text;"
    "方式 method text; 日期 stated_on date; 核实人 visitor staff; 备注 remark free",
    "dividend_receipts 分红到账": "流水号 bank_ref text; 合同编号 contract_no text; 期 period period;"
    "金额 amount money; 收款账号 to_account acct; 到账日期 received_on date",
    "dividends 分红台账": "合同编号 contract_no text; 经营主体 operator_name text;"
    "统一社会信用代码 operator_uscc uscc; 本金 principal money; 保底率(%) guaranteed_pct pct;"
    "年度/期 period period; 应分总额 pool_due money; 户编号 household_no text; 户主姓名 head_name name;"
    "身份证号 id_no id; 股份 shares qty; 实分 paid money; 发放日期 paid_on date; 账号 account_no acct;"
    "户名 holder_name name; 签收人 signed_by name; 签收人证号 signed_by_id id; 流水号 bank_ref text",
    "receipts 签收回访台账": "编号 receipt_no text; 流水号 bank_ref text; 姓名 name name; 身份证号 id_no id;"
    "本人陈述金额 stated_amount money; 方式 method text; 签收人 signed_by name; 签收人证号 signed_by_id id;"
    "日期 stated_on date; 回访人 visitor staff",
    "bank_statement 银行流水": "流水号 bank_ref text; 日期 date date; 对账账号 statement_account acct;"
    "付方账号 from acct; 付方户名 from_name party; 收方账号 to acct; 收方户名 to_name party; 金额 amount money;"
    "摘要 summary free; 指标文号 quota_doc_no text; 柜员/终端 teller text",
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


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*column.split()) for column in text.split(";"))


COLUMNS: Mapping[str, tuple[Column, ...]] = {name.split()[0]: _columns(text) for name, text in _SHEETS.items()}
TITLES: Mapping[str, str] = {name.split()[0]: name.split()[1] for name in _SHEETS}

BUSINESS_KEYS = {
    "manifest": ("package_id",),
    "places": ("place_code",),
    "orgs": ("account_no",),
    "staff": ("staff_no", "serving_from"),
    "approval_limits": ("limit_kind", "role", "from"),
    "relations": ("staff_no", "relative_id"),
    "programmes": ("programme",),
    "programme_rates": ("programme", "variant", "from"),
    "roster": ("household_no", "id_no", "included_on"),
    "guardians": ("ward_id", "from"),
    "deaths": ("id_no",),
    "payroll": ("id_no", "from"),
    "allocations": ("entry_no",),
    "entitlements": ("id_no", "programme", "from"),
    "projects": ("project_no",),
    "contracts": ("contract_no",),
    "training_classes": ("class_id",),
    "training_attendance": ("class_id", "id_no", "start_at"),
    "asset_contracts": ("contract_no",),
    "shareholders": ("contract_no", "id_no", "from"),
    "profit_reports": ("contract_no", "period"),
    "notices": ("notice_no",),
    "notice_lines": ("notice_no", "line_no"),
    "objections": ("objection_no",),
    "payment_instructions": ("instruction_no", "line_no"),
    "subsidy_payments": ("bank_ref",),
    "project_payments": ("bank_ref", "line_no"),
    "payment_returns": ("return_ref",),
    "loans": ("loan_no",),
    "loan_flows": ("flow_ref",),
    "loan_repayments": ("repay_ref",),
    "interest_subsidies": ("bank_ref",),
    "loan_confirmations": ("loan_no", "stated_on"),
    "dividend_receipts": ("bank_ref",),
    "dividends": ("bank_ref",),
    "receipts": ("receipt_no",),
    "bank_statement": ("statement_account", "bank_ref"),
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "payment_instructions": {"line_no": 1},
    "project_payments": {"line_no": 1},
    "subsidy_payments": {"pay_kind": "正常", "channel": "卡"},
    "roster": {"capacity": "完全"},
}
"""What FORMATS says an empty cell means (OUTPUTS §1: it is filled in)."""


def kinds(sheet: str) -> dict[str, str]:
    """How each column of the sheet's fact table is read: its name there, and its kind."""
    return {column.fact: column.kind for column in COLUMNS[sheet]}
