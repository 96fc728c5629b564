"""Add frozen states to `events.jsonl`, for topics that have none: `python tests/vectors/make_vectors.py`.

A line that stands there is never written anew: it is what ledgers out there hold. Run it after a new topic, or after
an optional field was added to one; then it adds one line with every field filled, and for a new topic one with only
what is required.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from domain.catalogue import EVENTS
from domain.event import Event, Source, encode

FROZEN = Path(__file__).with_name("events.jsonl")

PERSON, ACCOUNT, PHONE = "P-abcdefghijklmnop", "A-qrstuvwxyz234567", "T-abcdefgh23456777"
HASH, SALT = "9597b93f9cdc4f74af658961b64abad8c4c35163b6b6a69a8ac67576641d4569", "3d771f144987ef1fc943130fb48d70b7"

EXAMPLES: dict[str, Any] = {
    "account_no": ACCOUNT,
    "actor": "keeper",
    "alert_id": "0d8c7e1f2a3b4c5d6e7f8091a2b3c4d5",
    "agent_id": PERSON,
    "aliases": ("一村", "测试一"),
    "amount_at_risk_fen": 60_000,
    "amount_fen": 60_000,
    "amount_rule": "数量×标准",
    "anchor": (f"person:{PERSON}", "programme:职业培训补贴", "2020Q2"),
    "applied_on": date(2020, 5, 11),
    "approved_amount_fen": 60_000,
    "approved_on": date(2020, 6, 10),
    "approver": "G-0002",
    "as_of": date(2021, 3, 31),
    "at_position": 4_011,
    "balance_fen": 0,
    "bank": "测试信用社",
    "bank_ref": "TEST20200620001",
    "basis_doc": "测试财农〔2020〕1号",
    "book": "money",
    "book_value_fen": 6_060_000,
    "borrower_present": False,
    "carry_over_after_exit": True,
    "cashier": "G-0003",
    "category": "建档立卡贫困户",
    "causation_id": "money:4011",
    "channel": "现金",
    "claim_no": "SQ-2020-00001",
    "class_id": "PX-2020-01",
    "clearing_position": 4_377,
    "commitments": {PERSON: HASH, ACCOUNT: HASH},
    "content": SALT,
    "contract_no": "HT-01",
    "correlation_id": "PKG-440899101-2020",
    "currency": "CNY",
    "day_count": "ACT365",
    "deadline_days": 30,
    "death_on": date(2020, 9, 3),
    "disbursement_account": ACCOUNT,
    "division_code": "440899101",
    "division_name": "测试镇",
    "due_on": date(2022, 3, 9),
    "entry_kind": "到达",
    "entry_no": "ZB-2020-0001",
    "event_refs": (4_011, 4_377),
    "evidence": (HASH,),
    "evidence_sha256": HASH,
    "excludes": ("技能提升补贴", "财政供养"),
    "exit_kind": "脱贫",
    "exited_on": date(2020, 12, 31),
    "expected": HASH,
    "file_sha256": HASH,
    "finding": "leaf",
    "found": HASH[::-1],
    "from_household": "H-0009",
    "from_org": "测试县财政局",
    "fund_fen": 10_000_000,
    "fund_source": "省级",
    "guarantee_fee_fen": 0,
    "guaranteed_ppm": 80_000,
    "hamlet": "一组",
    "hash_alg": "sha256",
    "holder_id": PERSON,
    "holder_matches": False,
    "holds_from": date(2020, 6, 25),
    "household_no": "H-0001",
    "id_no": PERSON,
    "id_quality": "upgradable",
    "implementer": "测试镇人社所",
    "import_mode": "首次导入",
    "included_kind": "识别纳入",
    "included_on": date(2018, 1, 1),
    "integration_doc": "测试整合〔2020〕2号",
    "interest_subsidy_fen": 217_500,
    "interval_fen": 2_000_000,
    "invoice_no": "PZ-0007",
    "issued_on": date(2020, 3, 10),
    "items": ("TEST20200620010", "TEST20200620006", "TEST20200620007"),
    "items_root": HASH,
    "keyed_on": date(2020, 6, 21),
    "known_on": date(2020, 6, 21),
    "legal_basis": "测试纪〔2020〕3号",
    "legal_person_id": PERSON,
    "level": "村",
    "line_count": 1,
    "line_no": 1,
    "loan_no": "JJ-0001",
    "max_per_period": 1,
    "max_per_year": 3,
    "method": "mus",
    "n": 3,
    "needs_notice": True,
    "notice_days": 10,
    "notice_kind": "公示",
    "notice_no": "GS-2020-001",
    "occurred_on": date(2020, 6, 20),
    "on_behalf_of": "测试一村",
    "operator_name": "测试合作社",
    "operator_uscc": "93440899MA9999902H",
    "org": "测试一村",
    "org_code": "ORG-C03",
    "org_kind": "合作社",
    "org_name": "测试合作社",
    "origin": "民政",
    "pack_hash": HASH,
    "pack_version": "2026.1",
    "package_id": "PKG-440899101-2020",
    "paid_fen": 4_500_000,
    "paid_from": ACCOUNT,
    "paid_from_day": date(2020, 1, 1),
    "paid_on": date(2020, 6, 20),
    "paid_until_day": date(2020, 12, 31),
    "parent_code": "440899101",
    "parent_doc_no": "测试省财农〔2020〕9号",
    "pay_day": "12-31",
    "pay_kind": "补发",
    "pay_mode": "一卡通",
    "payment_refs": ("TEST20200620001",),
    "period": "2020Q2",
    "period_kind": "季",
    "phone": PHONE,
    "place": "村务公开栏",
    "place_code": "440899101201",
    "place_name": "测试一村",
    "plan_id": "SC-2021-001",
    "pool_due_fen": 4_500_000,
    "population": 10,
    "population_kind": "payments",
    "post": "村主任",
    "posthumous": False,
    "preparer": "G-0001",
    "principal_fen": 5_000_000,
    "programme": "职业培训补贴",
    "programme_code": "BT-07",
    "purpose_code": "培训",
    "purpose_codes": ("培训", "产业"),
    "quantity": "1.5",
    "quarantine": ("E-ID:id_no",),
    "quarantined": 3,
    "quota_doc_no": "测试财农〔2020〕1号",
    "randomness": "DICE:4,1,6,2,2,5,3,6,1,4",
    "randomness_from": "村务监督委员会当众掷骰 / dice thrown in public",
    "rate_fen": 40_000,
    "rate_ppm": 47_500,
    "received_on": date(2020, 12, 30),
    "reconciled": True,
    "recorded_at": "2026-11-24T03:39:18.123456Z",
    "references": 1,
    "registered_on": date(2018, 2, 1),
    "relation": "户主",
    "renews": "JJ-0000",
    "repaid_fen": 5_000_000,
    "repaid_on": date(2022, 3, 9),
    "requires_entitlement": False,
    "requires_roster": True,
    "reserve_ppm": 100_000,
    "resolution": "测试村决〔2020〕4号",
    "role": "village_clerk",
    "root": HASH,
    "row_no": 7,
    "rows": 6_063,
    "rule_id": "DUP-01",
    "rule_pack_version": "2026.1",
    "rule_version": 1,
    "salt": SALT,
    "sealed": "bm90IGEgcmVhbCBjaXBoZXJ0ZXh0",
    "sealed_for": PERSON,
    "seed": "3d771f144987ef1fc943130fb48d70b7b180ba4b5d436509e8f7223cefc90f07",
    "serving_from": date(2017, 3, 1),
    "serving_until": date(2021, 2, 28),
    "settled_on": date(2022, 3, 9),
    "severity": "R",
    "share_ppm": 200_000,
    "shares": "12.5",
    "sheet_key": "subsidy_payments",
    "signed_by_id": PERSON,
    "size_position": 30_412,
    "source": Source(channel="import", file_sha256=HASH, sheet="补贴发放表", row=128),
    "staff_no": "G-0007",
    "stage": "事前",
    "standard_fen": 40_000,
    "start_fen": 1_074_290,
    "starts_on": date(2020, 5, 20),
    "status": "结清",
    "subject": "household:H-0001",
    "subject_kind": "补贴",
    "subjects": (f"person:{PERSON}", "claim:SQ-2020-00001", "payment:TEST20200620001"),
    "taken": 6_060,
    "target": "职业培训补贴",
    "title": "2020年第二季度职业培训补贴公示",
    "to_account": ACCOUNT,
    "to_org": "测试镇财政所",
    "topup_approved": True,
    "total_fen": 60_000,
    "total_shares": "400",
    "unchanged": 0,
    "unit": "个人",
    "until": date(2020, 5, 30),
    "uscc": "93440899MA9999902H",
    "variant": "中级",
    "village": "测试一村",
    "warned": 12,
    "where": "/household/H-0001",
    "why": "核查疑点",
    "why_en": "Paid 2 times under 职业培训补贴 for 2020Q2, ¥1,200.00 in all; one claim is allowed.",
    "why_zh": "2020Q2 职业培训补贴领取 2 次，共 ¥1,200.00；只应领取一次。",
    "year": 2_020,
}
"""One value for each field name; a name means the same in every event."""


def full(event_class: type[Event]) -> Event:
    """An event with every field filled."""
    return event_class(**given(event_class, [field.name for field in msgspec.structs.fields(event_class)]))


def minimal(event_class: type[Event]) -> Event:
    """An event with what is required and nothing else."""
    required = [field.name for field in msgspec.structs.fields(event_class) if field.required]
    return event_class(**given(event_class, required) | {"source": Source(channel="api")})


def given(event_class: type[Event], names: list[str]) -> dict[str, Any]:
    """The example of each of `names`; what an event claims to be is its own."""
    return {name: event_class.KIND if name == "kind" else EXAMPLES[name] for name in names}


def lines_to_add(frozen: set[tuple[str, frozenset[str]]]) -> list[bytes]:
    """The lines that `frozen`, pairs of a topic and the names in a state of it, has nothing like."""
    added = []
    for topic, event_class in EVENTS.items():
        for event in (minimal(event_class), full(event_class)):
            state = encode(event)
            if (topic, frozenset(msgspec.json.decode(state))) not in frozen:
                added.append(b'{"topic":"%b","state":%b}' % (topic.encode(), state))
    return added


def main() -> None:
    """Append what is missing to the file."""
    standing = FROZEN.read_bytes().splitlines() if FROZEN.exists() else []
    frozen = {(line["topic"], frozenset(line["state"])) for line in map(msgspec.json.decode, standing)}
    added = lines_to_add(frozen)
    with FROZEN.open("ab") as file:
        file.writelines(line + b"\n" for line in added)
    sys.stderr.write(f"{len(added)} lines added to {len(standing)}.\n")


if __name__ == "__main__":
    main()
