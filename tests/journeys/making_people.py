"""Reference lists about the people of an invented township: who is entitled, related, represented, trained."""

from datetime import date
from decimal import Decimal

from tests.journeys.inventing import card_number, spoiled
from tests.journeys.making_registers import PROGRAMMES, YEAR, Cells, InventedRegisters

Sheets = dict[str, list[Cells]]


class InventedLists:
    """应享名单, 监护代管, 近亲属, 财政供养, 限额, 培训: one month, and the changes of the next."""

    def __init__(self, township: InventedRegisters) -> None:
        self._township, self._draws = township, township.draws

    def first_month(self) -> Sheets:
        """The lists that open the books; one number in payroll is wrong."""
        people = self._township.people
        payroll = [self._paid_publicly(number) for number in range(2)]
        payroll[1]["id_no"] = spoiled(payroll[1]["id_no"])
        return {
            "approval_limits": [self._limit("审批", "township_leader", 50_000), self._limit("招标", "*", 400_000)],
            "relations": [self._relation(number) for number in range(min(3, len(people)))],
            "guardians": [self._guardian(number) for number in range(0, len(people), 6)],
            "payroll": payroll,
            "entitlements": [self._entitlement(number) for number in range(len(people))],
            "training_classes": [
                self._class(1, "2020-05-11 08:30", "2020-05-15 17:30"),
                self._class(2, "2020-06-01", "2020-06-02"),
            ],
            "training_attendance": [self._attended(number) for number in range(0, len(people), 3)],
        }

    def second_month(self, sheets: Sheets) -> None:
        """Some entitlements end, one of them in the future; a limit, a guardian and a payroll entry end too."""
        for row in sheets["entitlements"][::4]:
            row["to"] = date(2020, 7, 10)
        for row in sheets["entitlements"][1::4]:
            row |= {"to": date(2020, 12, 31), "declined_on": date(2020, 7, 15)}
        for row in sheets["entitlements"][2::4]:
            row["amount_per_period"] += Decimal("0.50")
        sheets["approval_limits"][0]["until"] = date(2020, 6, 30)
        raised = self._limit("审批", "township_leader", 80_000) | {"from": date(2020, 7, 1)}
        sheets["approval_limits"].append(raised)
        sheets["relations"][0] |= {"recused": "是", "relation": "其他"}
        sheets["guardians"][0] |= {"until": date(2020, 7, 1), "account_no": card_number(630_001), "relation": "其他"}
        sheets["payroll"][0] |= {"until": date(2020, 7, 1), "org": "测试镇文化站"}
        sheets["training_classes"][0] |= {"venue": "测试镇会堂", "capacity": 55}
        sheets["training_attendance"] = [self._attended(number) for number in range(1, len(self._township.people), 3)]

    def _limit(self, kind: str, role: str, yuan: int) -> Cells:
        return {"limit_kind": kind, "role": role, "amount": Decimal(yuan), "from": YEAR}

    def _relation(self, number: int) -> Cells:
        relative = self._township.people[number]
        return {
            "staff_no": f"G-{1 + number:04}",
            "relative_name": relative.name,
            "relative_id": relative.id_no,
            "relation": self._draws.one_of(("配偶", "子女", "兄弟姐妹")),
            "declared_on": date(2020, 1, 5),
            "recused": "否",
        }

    def _guardian(self, number: int) -> Cells:
        ward = self._township.people[number]
        guardian = self._township.people[number - 1]
        return {
            "ward_name": ward.name,
            "ward_id": ward.id_no,
            "guardian_name": guardian.name,
            "guardian_id": guardian.id_no,
            "account_no": self._draws.one_of((guardian.card, None)),
            "relation": self._draws.one_of(("父母", "养老机构")),
            "from": YEAR,
        }

    def _paid_publicly(self, number: int) -> Cells:
        person = self._township.people[number]
        return {"name": person.name, "id_no": person.id_no, "org": "测试镇中心小学", "from": date(2012, 9, 1)}

    def _entitlement(self, number: int) -> Cells:
        person = self._township.people[number]
        return {
            "programme": self._draws.one_of(PROGRAMMES)[0],
            "household_no": person.household_no,
            "name": person.name,
            "id_no": person.id_no,
            "from": YEAR,
            "to": self._draws.one_of((None, date(2020, 12, 31), date(2020, 4, 30))),
            "amount_per_period": Decimal("181.00"),
            "granted_on": date(2019, 12, 20),
            "declined_on": date(2020, 3, 3) if self._draws.once_in(8) else None,
        }

    def _class(self, number: int, start: str, end: str) -> Cells:
        return {
            "class_id": f"PX-2020-{number:02}",
            "provider": "测试职校",
            "venue": "测试镇文化站",
            "capacity": 40,
            "skill": "中式烹调",
            "level": "初级",
            "start_at": start,
            "end_at": end,
        }

    def _attended(self, number: int) -> Cells:
        person = self._township.people[number]
        return {
            "class_id": "PX-2020-01",
            "name": person.name,
            "id_no": person.id_no,
            "start_at": f"2020-05-1{1 + number % 5} 08:30",
            "end_at": f"2020-05-1{1 + number % 5} 11:30",
            "result": self._draws.one_of(("合格", "补考合格", "在训")),
            "subsidised": self._draws.one_of("是否"),
            "device": self._draws.one_of(("KQ-1", None)),
        }
