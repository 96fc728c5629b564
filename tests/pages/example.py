"""An invented township in the shapes of OUTPUTS, so that every state of a page can be looked at.

Numbers of people, cards and telephones appear masked only, as the real readings give them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from api.alert_cases import AlertCommand
from api.alert_lives import OF_A_STATEMENT
from api.notice_heads import NoticeHead
from api.pages.people import Details
from api.pages.readings import BookState, Shape, Times
from api.rest.import_desk import Crowded, Ticket
from audit.book import Sealed
from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Signer, parse_signatures
from audit.sampling.draw import Item, drawing_order, monetary_sample, population_root, seed_of
from audit.seal import entry_bytes, genesis, leaf_of, link_of
from domain.alert_case import AlertStep
from domain.money import in_words
from domain.refusal import Refused

TOKEN = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 24, 3, 40, tzinfo=UTC)
VILLAGES = [f"测试{n}村" for n in "一二三四五六七八九"] + ["测试十村"]
PROGRAMMES = {
    "最低生活保障金": 4_186_240_00,
    "特困人员供养金": 1_904_600_00,
    "公益性岗位补贴": 1_322_400_00,
    "农村危房改造补助": 1_080_000_00,
    "困难残疾人生活补贴": 705_900_00,
    "重度残疾人护理补贴": 612_480_00,
    "教育助学补助": 498_000_00,
    "职业培训补贴": 187_200_00,
    "临时救助": 96_350_00,
}
SOURCES = {"中央": 5_100_000_00, "省级": 3_480_000_00, "市级": 1_260_000_00, "县级": 900_000_00, "帮扶": 320_000_00}
ROOT = sha256(b"an invented root").hexdigest()
HEAD = sha256(b"an invented head").hexdigest()
SIZE = 30_412
ORIGIN = "mingzhang.local/440899101-0badcafe/money"
SIGNER = Ed25519Signer(ORIGIN, bytes(range(32)))
PLAN, DICE = "SC-2021-001", "DICE:4,1,6,2,2,5,3,6,1,4"
SURNAMES = "陈林黄李梁吴杨郑叶潘"


@dataclass
class Guarded:
    """What the keeper's door needs; `now` can be moved."""

    keeper_token: str = TOKEN
    now: datetime = NOW
    drawn: int = 0

    def clock(self) -> datetime:
        return self.now

    def randomness(self, count: int) -> bytes:
        self.drawn += 1
        return bytes((self.drawn - 1 + place) % 256 for place in range(count))


def line(number: int, *, village: str = "测试一村") -> Shape:
    surname = SURNAMES[number % len(SURNAMES)]
    amount = 600_00 + (number % 7) * 50_00
    return {
        "line_no": number,
        "village": village,
        "hamlet": f"{'一二三四五'[number % 5]}组",
        "name": f"{surname}某某"
        if number % 11 == 0
        else f"{surname}{'国秀志丽华'[number % 5]}{'保英强珍明'[number % 5]}",
        "id_no": f"440899********{number % 90 + 10}**",
        "programme": "职业培训补贴",
        "standard_fen": amount,
        "quantity": 1,
        "period": "2020Q2",
        "amount_fen": amount,
    }


def notice(number: str, *, lines: int, **stated: Any) -> Shape:
    told = [line(n + 1, village=VILLAGES[n * 10 // max(lines, 10)]) for n in range(lines)]
    total = sum(row["amount_fen"] for row in told)
    header = {
        "notice_no": number,
        "kind": "公告",
        "stage": "事后",
        "level": "镇",
        "subject_kind": "补贴",
        "title": "测试镇职业培训补贴（2020Q2）发放公告",
        "basis_doc": "测试财农〔2020〕30号",
        "fund_source": "省级",
        "fund_fen": 10_000_000,
        "programme": "职业培训补贴",
        "project_no": None,
        "contract_no": None,
        "village": None,
        "location": "测试镇",
        "content": None,
        "period": "2020Q2",
        "implementer": "测试镇财政所",
        "responsible": None,
        "supplier": None,
        "procurement": None,
        "benefit": None,
        "target": None,
        "place": "村务公开栏",
        "from": "2020-07-10",
        "until": "2020-07-20",
        "state": "matured",
        "line_count": lines,
        "total_fen": total,
        "total_words": in_words(total),
        "objection_to": {
            "township": "镇乡村振兴办 / township office",
            "county": "县纪委监委 / county inspection",
            "hotline": "12317",
        },
        "publisher": "测试镇",
        "size": SIZE,
        "root": ROOT,
    }
    return {**header, **stated, "lines": told}


NOTICES = [
    notice("GG-2020Q2-职业培训补贴", lines=26),
    notice(
        "GG-2020-03-最低生活保障金",
        lines=57,
        title="测试镇最低生活保障金（2020-03）发放公告",
        programme="最低生活保障金",
        period="2020-03",
        state="published",
    ),
    notice(
        "GG-2020-一户",
        lines=1,
        title="测试一村临时救助（2020-06）发放公告",
        state="objection_open",
        **{"from": "2020-06-20"},
    ),
]


def alert(number: int, severity: str, rule: str, why: tuple[str, str], **stated: Any) -> Shape:
    return {
        "alert_id": sha256(f"{rule}{number}".encode()).hexdigest()[:32],
        "rule_id": rule,
        "rule_version": 1,
        "pack_hash": HEAD,
        "severity": severity,
        "state": "raised",
        "anchor": [f"person:P-{number:016d}"],
        "subjects": [f"person:P-{number:016d}", "household:H-0001", "payment:TEST20200620001"],
        "event_refs": [4011, 4377],
        "amount_at_risk_fen": 60_000 * number,
        "occurred_on": "2020-06-25",
        "raised_at": f"2026-11-24T03:39:{number:02d}.000000Z",
        "why_zh": why[0],
        "why_en": why[1],
        "assignee": None,
        "reason_code": None,
        "ordered_fen": None,
        "recovered_fen": 0,
        "grounds_changed": False,
        "grounds_gone": False,
        "unfounded": False,
    } | stated


ALERTS = [
    alert(
        1,
        "R",
        "DUP-01",
        (
            "“职业培训补贴”2020Q2 领取了 2 次，共 ¥1,200.00；该期只准领取 1 次。",
            "Paid 2 times under 职业培训补贴 for 2020Q2, ¥1,200.00 in all; one claim is allowed.",
        ),
    ),
    alert(
        2,
        "R",
        "FAL-01",
        (
            "2020-03-02 去世，其后仍发放 4 笔，共 ¥2,172.00；最后一笔在 2020-08-18。",
            "Died on 2020-03-02 and was paid 4 times afterwards, ¥2,172.00 in all; the last on 2020-08-18.",
        ),
        event_refs=list(range(5001, 5030)),
        subjects=["person:P-0000000000000002", "household:H-0117"],
    ),
    alert(
        3,
        "O",
        "LNM-01",
        (
            "两户的贷款发放到同一个账户：2 笔，共 ¥100,000.00。",
            "The loans of two households were paid into one account: 2 loans, ¥100,000.00.",
        ),
        subjects=["account:A-0000000000000003", "loan:JJ-0001", "loan:JJ-0007"],
    ),
    alert(4, "Y", "DUP-01", ("一句话说明。", "A sentence."), state="raised"),
    alert(5, "B", "DUP-01", ("供参考的一句话。", "A sentence for information."), state="withdrawn"),
    alert(6, "B", "LNM-01", ("供参考的另一句话。", "Another sentence for information.")),
]

RULES: list[Shape] = [
    {
        "rule_id": rule,
        "rule_version": 1,
        "family": rule[:3],
        "name_zh": zh,
        "name_en": en,
        "severity": severity,
        "status": "not_evaluable" if missing else "ready",
        "missing": missing,
        "parameters": {},
        "open": 1,
        "confirmed": 0,
        "dismissed": 0,
        "precision": None,
    }
    for rule, zh, en, severity, missing in (
        ("DUP-01", "同人同项同期重复", "same person, programme and period", "R", []),
        ("FAL-01", "死后领取", "paid after death", "R", []),
        ("LNM-01", "一个账户两户贷款", "one account for two borrowers", "O", ["放款资金流向"]),
    )
]


def alert_life(alert: Shape) -> Shape:
    """An alert with a life: confirmed with money to come back where it is red, as the rules raised it elsewhere."""
    steps: list[tuple[str, str, Shape, bool]] = [
        ("alert-raised/v1", "system", {name: alert[name] for name in OF_A_STATEMENT}, False)
    ]
    allowed, state = ["assign", "comment"], alert["state"]
    if alert["severity"] == "R":
        steps += [
            ("alert-assigned/v1", "G-0008", {"assignee": "G-0009"}, False),
            ("alert-commented/v1", "G-0009", {}, True),
            ("alert-confirmed/v1", "G-0009", {}, True),
            ("recovery-ordered/v1", "G-0009", {"amount_fen": 60_000}, False),
            ("recovered/v1", "G-0009", {"amount_fen": 20_000, "voucher_no": "JK-2021-0001"}, False),
            ("dishonesty-listed/v1", "G-0009", LISTED | {"subject": alert["subjects"][0]}, False),
            ("grounds-changed/v1", "system", {"rule_id": alert["rule_id"], "clearing_position": 4377}, False),
        ]
        allowed, state = [step.value for step in AlertStep if step is not AlertStep.REOPEN], "recovery_partial"
    if state == "withdrawn":
        steps.append(("alert-withdrawn/v1", "system", {"clearing_position": 4377}, False))
        allowed = []
    return alert | {
        "state": state,
        "grounds_gone": alert["severity"] == "R",
        "grounds_changed": alert["severity"] in "RO",
        "assignee": "G-0009",
        "ordered_fen": 60_000 if alert["severity"] == "R" else None,
        "recovered_fen": 20_000,
        "version": len(steps),
        "allowed": allowed,
        "outstanding_fen": 40_000,
        "dishonest": alert["subjects"][:1] if alert["severity"] == "R" else [],
        "life": [
            {
                "position": 11 + version,
                "version": version,
                "topic": topic,
                "occurred_on": "2026-11-24",
                "recorded_at": alert["raised_at"],
                "actor": actor,
                "details": details,
                "has_words": has_words,
                "words": None,
            }
            for version, (topic, actor, details, has_words) in enumerate(steps, start=1)
        ],
    }


LISTED: Shape = {
    "authority": "测试县乡村振兴局",
    "decision_no": "SX-2021-01",
    "legal_basis": "国办发〔2020〕49号",
    "appeal_until": "2021-06-01",
    "expires_on": "2023-06-01",
    "repair": "全额退还",
}

LEADS: list[Shape] = [
    {
        "subject": subject,
        "kind": subject.partition(":")[0],
        "score_ppm": score_ppm,
        "severity": severity,
        "families": families,
        "alerts": 3,
        "open": 2,
        "largest_at_risk_fen": 120_000,
        "alert_ids": [told["alert_id"] for told in ALERTS[:3]],
    }
    for subject, score_ppm, severity, families in (
        ("person:P-0000000000000001", 880_000, "R", ["DUP", "FAL", "LNM"]),
        ("household:H-0001", 720_000, "R", ["DUP", "LNM"]),
        ("org:测试合作社", 100_000, "Y", ["DUP"]),
    )
]


def timeline() -> list[Shape]:
    rows: list[tuple[str, str, str, int | None]] = [
        ("2016-05-01", "person-registered/v1", "H-0001", None),
        ("2016-05-01", "person-registered/v1", "H-0001", None),
        ("2020-01-19", "payment-made/v1", "TEST2020011900308", 181_00),
        ("2020-03-10", "loan-issued/v1", "JJ-0001", 50_000_00),
        ("2020-06-20", "payment-made/v1", "TEST20200620001", 600_00),
        ("2020-06-22", "payment-returned/v1", "TP-2020-0003", 600_00),
        ("2020-07-02", "payment-made/v1", "TEST2020070200011", 600_00),
        ("2020-12-20", "dividend-paid/v1", "DIV/HT-01/2020/H-0001", 1_449_28),
    ]
    balance, told = 0, []
    for place, (on, topic, ref, amount) in enumerate(rows):
        if topic in {"payment-made/v1", "dividend-paid/v1"}:
            balance += amount or 0
        elif topic == "payment-returned/v1":
            balance -= amount or 0
        told.append(
            {
                "position": 4_000 + place,
                "occurred_on": on,
                "known_on": "2020-06-24" if topic == "payment-returned/v1" else on,
                "recorded_at": "2026-11-24T03:39:18.123456Z",
                "topic": topic,
                "ref": ref,
                "amount_fen": amount,
                "balance_fen": balance if amount is not None else None,
            }
        )
    return told


def four(paid: int, returned: int = 0) -> dict[str, int]:
    return {"paid_fen": paid, "returned_fen": returned, "reversed_fen": 0, "net_fen": paid - returned}


HOUSEHOLD: Shape = {
    "village": "测试一村",
    "category": "脱贫不稳定户",
    "on_roster": True,
    "members": [
        {"id_no": "P-0000000000000001", "relation": "户主", "category": "脱贫不稳定户", "included_on": "2016-05-01"},
        {"id_no": "P-0000000000000002", "relation": "配偶", "category": "脱贫不稳定户", "included_on": "2016-05-01"},
    ],
    "entitlements": [],
    "subsidies": [
        {"programme": "困难残疾人生活补贴", **four(181_00)},
        {"programme": "职业培训补贴", **four(1_200_00, 600_00)},
    ],
    "interest_subsidies": four(0),
    "dividends": [{"contract_no": "HT-01", **four(1_449_28)}],
    "shares": [{"contract_no": "HT-01", "id_no": "P-0000000000000001", "shares": 2}],
    "loans": [
        {
            "loan_no": "JJ-0001",
            "principal_fen": 50_000_00,
            "principal_repaid_fen": 0,
            "interest_repaid_fen": 0,
            "outstanding_fen": 50_000_00,
        }
    ],
    "received_fen": 2_230_28,
    "outstanding_fen": 50_000_00,
}

ITEMS = [(f"TEST202006{day:02d}{n:05d}", 181_00 + 17_00 * n) for day in range(1, 5) for n in range(1, 26)]


def check(plan: str, method: str, *, drawn: bool = True, n: int = 10) -> Shape:
    ids = [id_ for id_, _ in ITEMS]
    root = population_root(ids)
    seed = seed_of(plan, root, DICE)
    interval = sum(amount for _, amount in ITEMS) // n
    money = monetary_sample(seed, [Item(*item) for item in ITEMS], interval)
    sample = (
        [(item.id, item.amount_fen) for item in money.sample]
        if method == "mus"
        else [(id_, None) for id_ in drawing_order(seed, ids)[:n]]
    )
    return {
        "plan": plan,
        "stage": "drawn" if drawn else "planned",
        "method": method,
        "population": len(ITEMS),
        "root": root,
        "size_position": SIZE,
        "book_value_fen": sum(amount for _, amount in ITEMS),
        "filter": {"programme": "职业培训补贴", "paid_from_day": "2020-06-01"} if method == "mus" else {},
        "randomness_from": "村务监督委员会当众掷骰 / dice thrown in public",
        "randomness": DICE if drawn else None,
        "seed": seed if drawn else None,
        "n": n,
        "interval_fen": interval if method == "mus" else None,
        "start_fen": money.start_fen if method == "mus" and drawn else None,
        "planned_at": "2026-11-24T03:39:18.123456Z",
        "committed_at": "2026-11-24T03:40:18.123456Z" if drawn else None,
        "sample": [
            {"order": order, "id": id_, "amount_fen": amount, "stratum": None}
            for order, (id_, amount) in enumerate(sample, 1)
        ]
        if drawn
        else [],
    }


CHECKS = [check(PLAN, "srs"), check("SC-2021-002", "mus"), check("SC-2021-003", "srs", drawn=False)]

CLEAN: Shape = {
    "ok": True,
    "checked_at": "2026-11-24T03:41:00.000000Z",
    "books": [
        {"book": "money", "origin": "mingzhang.local/440899101-0badcafe/money", "size": SIZE, "head": HEAD, "from": 1},
        {
            "book": "supervision",
            "origin": "mingzhang.local/440899101-0badcafe/supervision",
            "size": 97,
            "head": HEAD,
            "from": 1,
        },
    ],
    "findings": [],
}
TAMPERED: Shape = CLEAN | {
    "ok": False,
    "findings": [
        {
            "book": "money",
            "position": 4011,
            "stream": "5f0c1e8a-0000-8000-8000-000000000001",
            "kind": "leaf",
            "expected": ROOT,
            "found": HEAD,
            "unproven_from": 4011,
        }
    ],
}


def flow() -> Shape:
    nodes = [
        {"id": f"source:{name}", "kind": "source", "label": name, "amount_fen": sum_} for name, sum_ in SOURCES.items()
    ]
    nodes += [
        {"id": f"programme:{name}", "kind": "programme", "label": name, "amount_fen": sum_}
        for name, sum_ in PROGRAMMES.items()
    ]
    received = dict.fromkeys(VILLAGES, 0)
    edges = []
    left = dict(SOURCES)
    for programme, paid in PROGRAMMES.items():
        wanted = paid
        for source in SOURCES:
            part = min(wanted, left[source])
            left[source] -= part
            wanted -= part
            if part:
                edges.append(
                    {"from": f"source:{source}", "to": f"programme:{programme}", "amount_fen": part, "count": 12}
                )
        weights = [(len(programme) * 7 + place * 5) % 11 + 1 for place in range(len(VILLAGES))]
        for place, village in enumerate(VILLAGES):
            part = paid * weights[place] // sum(weights)
            received[village] += part
            edges.append(
                {"from": f"programme:{programme}", "to": f"village:{village}", "amount_fen": part, "count": 9 + place}
            )
    unspent = sum(left.values())
    nodes.append({"id": "unspent", "kind": "unspent", "label": "结余", "amount_fen": unspent})
    edges += [
        {"from": f"source:{name}", "to": "unspent", "amount_fen": rest, "count": 0}
        for name, rest in left.items()
        if rest
    ]
    nodes += [
        {"id": f"village:{name}", "kind": "village", "label": name, "amount_fen": sum_}
        for name, sum_ in received.items()
    ]
    return {"nodes": nodes, "edges": edges}


def overview() -> Shape:
    drawn = flow()
    return {
        "arrived_fen": sum(SOURCES.values()),
        "unspent_fen": sum(SOURCES.values()) - sum(PROGRAMMES.values()),
        "paid_fen": sum(PROGRAMMES.values()),
        "payments": 3_686,
        "payees": 1_204,
        "households": 412,
        "programmes": [
            {"programme": name, "paid_fen": paid, "payments": 180 + place * 37}
            for place, (name, paid) in enumerate(PROGRAMMES.items())
        ],
        "villages": [
            {"village": node["label"], "paid_fen": node["amount_fen"], "persons": 96 + place * 7}
            for place, node in enumerate(node for node in drawn["nodes"] if node["kind"] == "village")
        ],
        "persons": 1_159,
        "dividends_received_fen": 420_000_00,
        "dividends_paid_fen": 386_420_00,
        "loans": 38,
        "loans_outstanding_fen": 1_850_000_00,
        "quarantined": 3,
        "alerts": {"R": 2, "O": 1, "Y": 1, "B": 1},
        "size": SIZE,
        "head": HEAD,
        "as_of": "2021-03-31",
    }


RESULT: Shape = {
    "package_id": "PKG-440899101-2020",
    "import_mode": "首次导入",
    "dry_run": False,
    "size": SIZE,
    "head": HEAD,
    "problems": [],
    "files": [
        {
            "file": "subsidy_payments.xlsx",
            "key": "subsidy_payments",
            "sheet": "补贴发放表",
            "sha256": ROOT,
            "outcome": "taken",
            "rows": 3_686,
            "rows_taken": 3_683,
            "rows_quarantined": 3,
            "rows_refused": 0,
            "rows_unchanged": 0,
            "rows_warned": 12,
            "first_position": 4_011,
            "last_position": 7_696,
            "problems": [
                {
                    "row": 128,
                    "column": "id_no",
                    "header": "身份证号",
                    "severity": "quarantine",
                    "code": "E-ID",
                    "value": "440899********11**",
                    "message": "身份证号校验位不符 / The check digit is wrong.",
                    "remedy": "请核对证件后更正 / Compare with the card and correct it.",
                }
            ],
        },
        {
            "file": "loans.xlsx",
            "key": "loans",
            "sheet": "小额信贷台账",
            "sha256": HEAD,
            "outcome": "refused",
            "rows": 40,
            "rows_taken": 0,
            "rows_quarantined": 0,
            "rows_refused": 1,
            "rows_unchanged": 0,
            "rows_warned": 0,
            "first_position": None,
            "last_position": None,
            "problems": [
                {
                    "row": 7,
                    "column": "issued_on",
                    "header": "放款日",
                    "severity": "error",
                    "code": "E-DATE",
                    "value": "2020-02-30",
                    "message": "没有 2020-02-30 这一天 / There is no 2020-02-30.",
                    "remedy": "请改为真实日期 / Give a real day.",
                }
            ],
        },
    ],
}

TICKETS = [
    Ticket(
        id="0badcafe",
        state="done",
        dry_run=False,
        begun_at="2026-11-24T03:39:00.000000Z",
        ended_at="2026-11-24T03:39:18.000000Z",
        files=["subsidy_payments.xlsx", "loans.xlsx"],
        answer=RESULT,
        marked=True,
    ),
    Ticket(
        id="0000fa17",
        state="failed",
        dry_run=False,
        begun_at="2026-11-24T03:39:00.000000Z",
        ended_at="2026-11-24T03:39:01.000000Z",
        files=["photo.zip"],
        problem={
            "code": "E-FILE",
            "detail": "压缩包里没有工作簿 / There is no workbook in the archive.",
            "remedy": "请放入 .xlsx、.xls 或 .csv / Put workbooks in.",
        },
    ),
    Ticket(
        id="0000dead",
        state="interrupted",
        dry_run=False,
        begun_at="2026-11-24T03:39:00.000000Z",
        files=["subsidy_payments.xlsx"],
    ),
]


def sealed(position: int) -> Sealed:
    """A sealed entry as the money book would hold it."""
    state = json.dumps(
        {
            "actor": "keeper",
            "amount_fen": 60_000,
            "bank_ref": "TEST20200620001",
            "commitments": {"P-0000000000000001": ROOT},
            "correlation_id": "PKG-440899101-2020",
            "id_no": "P-0000000000000001",
            "kind": "fact",
            "known_on": "2020-06-20",
            "occurred_on": "2020-06-20",
            "programme": "职业培训补贴",
            "recorded_at": "2026-11-24T03:39:18.123456Z",
            "salt": "00112233445566778899aabbccddeeff",
            "sealed": "bm90IGZvciBhbnlib2R5",
            "sealed_for": "P-0000000000000001",
            "source": {"channel": "import", "file_sha256": ROOT, "row": 128, "sheet": "补贴发放表"},
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).encode()
    stream = UUID("5f0c1e8a-0000-8000-8000-000000000001")
    leaf = leaf_of(entry_bytes(stream, 1, "payment-made/v1", state))
    return Sealed(position, stream, 1, "payment-made/v1", state, leaf, link_of(genesis("example"), position, leaf))


@dataclass
class Township:
    """Readings of the invented township; `bare` is one into which nothing has gone yet."""

    place_name: str = "测试镇"
    report: Shape | None = field(default_factory=lambda: CLEAN)
    bare: bool = False
    unsigned: bool = False
    under_way: Shape | None = None
    crowded: bool = False
    taken_in: list[tuple[str, bytes]] = field(default_factory=list)
    steps: list[AlertCommand] = field(default_factory=list)
    revealed: list[str] = field(default_factory=list)

    def size(self) -> int:
        return 1 if self.bare else SIZE

    def overview(self) -> Shape:
        if not self.bare:
            return overview()
        nothing = {name: 0 for name, figure in overview().items() if isinstance(figure, int)}
        return {
            **nothing,
            "programmes": [],
            "villages": [],
            "alerts": dict.fromkeys("ROYB", 0),
            "size": 1,
            "head": HEAD,
            "as_of": None,
        }

    def flow(self) -> Shape:
        return {"nodes": [], "edges": []} if self.bare else flow()

    def notices(self) -> list[Shape]:
        headers = [{name: value for name, value in told.items() if name != "lines"} for told in NOTICES]
        return [] if self.bare else headers

    def notice(self, notice_no: str) -> Shape:
        for told in NOTICES:
            if told["notice_no"] == notice_no:
                return told
        raise LookupError(notice_no)

    def notice_head(self, notice: Shape) -> NoticeHead | None:
        if self.unsigned:
            return None
        checkpoint = Checkpoint(ORIGIN, SIZE, bytes.fromhex(ROOT))
        [signature] = parse_signatures(SIGNER.sign(checkpoint.text))
        return NoticeHead(checkpoint, SIGNER.key, signature.signature)

    def history(self, subject: str, times: Times) -> Shape:
        if subject != "household:H-0001":
            raise LookupError(subject)
        until = str(times.as_of or "2026-11-24")
        return {
            "subject": subject,
            "as_of": until,
            "known_on": None,
            "known_at": times.known_at,
            "state": HOUSEHOLD,
            "timeline": [event for event in timeline() if event["occurred_on"] <= until],
        }

    def details(self, history: Shape) -> Details:
        people = {"P-0000000000000001": {"name": "测某某", "id_no": "440899********11**"}}
        return Details(people, {4_002: "困难残疾人生活补贴", 4_004: "职业培训补贴"})

    def alerts(self) -> list[Shape]:
        return [] if self.bare else ALERTS

    def alert_life(self, alert_id: str) -> Shape:
        for told in ALERTS:
            if told["alert_id"] == alert_id:
                return alert_life(told)
        raise LookupError(alert_id)

    def alert_words(self, alert_id: str, *, actor: str, why: str) -> Shape:
        if actor != "G-0009":
            raise Refused("E-AUTH", why=f"{actor} may not see this.", remedy="It takes one of: auditor, inspector.")
        self.revealed.append(why)
        told = self.alert_life(alert_id)
        spoken = [step | {"words": "已与本人核对" if step["has_words"] else None} for step in told["life"]]
        return told | {"life": spoken}

    def leads(self, *, after: tuple[int, str] | None, limit: int) -> list[Shape]:
        there = [] if self.bare else LEADS
        return [lead for lead in there if after is None or (lead["score_ppm"], lead["subject"]) != after][:limit]

    def take_step(self, command: AlertCommand) -> None:
        if command.actor == "G-0006":
            raise Refused("E-SOD", why="G-0006 is named in this alert.", remedy="Let somebody else look into it.")
        self.steps.append(command)

    def rules(self) -> list[Shape]:
        return RULES

    def spot_checks(self) -> list[Shape]:
        return [] if self.bare else CHECKS

    def spot_check(self, plan_id: str) -> Shape:
        for told in CHECKS:
            if told["plan"] == plan_id:
                return told
        raise LookupError(plan_id)

    def spot_check_items(self, plan_id: str) -> list[tuple[str, int]]:
        self.spot_check(plan_id)
        return ITEMS

    def verification(self) -> Shape | None:
        return self.report

    def books(self) -> list[BookState]:
        return [
            BookState("money", "mingzhang.local/440899101-0badcafe/money", self.size() + 3, HEAD, ROOT),
            BookState("supervision", "mingzhang.local/440899101-0badcafe/supervision", 97, HEAD, ROOT),
        ]

    def entry(self, book: str, position: int) -> Sealed | None:
        return sealed(position) if position <= SIZE else None

    def file_name(self, sha256: str) -> str | None:
        return "subsidy_payments.xlsx"

    def imports(self) -> list[Shape]:
        told = {
            "file": "subsidy_payments.xlsx",
            "file_sha256": ROOT,
            "rows_taken": 3_683,
            "rows_quarantined": 3,
            "recorded_at": "2026-11-24T03:39:18.123456Z",
        }
        return [] if self.bare else [told]

    def take_in(self, uploads: Sequence[tuple[str, bytes]]) -> str:
        if self.crowded:
            raise Crowded
        self.taken_in.extend(uploads)
        return "0badcafe"

    def ticket(self, import_id: str) -> Ticket:
        tickets = {ticket.id: ticket for ticket in TICKETS}
        if self.under_way is not None:
            return msgspec.structs.replace(TICKETS[0], state="running", ended_at=None, answer=None, marked=False)
        if import_id not in tickets:
            raise LookupError(import_id)
        return tickets[import_id]

    def progress(self, import_id: str) -> Shape | None:
        return self.under_way
