"""Training: classes, check-ins and the subsidy that follows them."""

from datetime import date, timedelta
from typing import Any

from bench.quality.town.book import Row
from bench.quality.town.people import Person
from bench.quality.town.programmes import TRAINING
from bench.quality.town.subsidies import pay
from bench.quality.town.township import YEAR, Township

SKILLS = ("中式烹调", "家政服务", "电工", "焊工", "育婴员", "养老护理", "茶艺", "园艺", "缝纫", "汽修", "美发", "面点")
HALVES = (("08:30", "11:30"), ("14:30", "17:30"))
PROVIDER = "测试职业培训学校"
DAYS = 5


def open_class(town: Township, on: date, **stated: Any) -> Row:
    """A row of 培训班次: five days, room for forty."""
    ordinal = town.ordinal("class")
    told = {
        "class_id": f"PX-{YEAR}-{ordinal:02d}",
        "provider": PROVIDER,
        "venue": f"测试镇文化站{ordinal}号教室",
        "capacity": 40,
        "skill": f"{SKILLS[ordinal % len(SKILLS)]}{ordinal}",
        "level": "初级",
        "start_at": f"{on} 08:30",
        "end_at": f"{on + timedelta(days=DAYS - 1)} 17:30",
    }
    return town.book.add("training_classes", **(told | stated))


def attend(town: Township, class_: Row, person: Person, **stated: Any) -> list[Row]:
    """Rows of 培训签到表: mornings and afternoons of the first and the last day, on one of several devices."""
    first = date.fromisoformat(class_["start_at"][:10])
    told = {
        "class_id": class_["class_id"],
        "name": person.name,
        "id_no": person.id_no,
        "result": "合格",
        "subsidised": True,
    }
    return [
        town.book.add(
            "training_attendance",
            **(told | {"start_at": f"{day} {begin}", "end_at": f"{day} {end}", "device": device(town)} | stated),
        )
        for day in (first, first + timedelta(days=DAYS - 1))
        for begin, end in HALVES
    ]


def device(town: Township) -> str:
    """A check-in device of the provider."""
    return f"KQ-{town.chance.randint(1, 6)}"


def subsidise(town: Township, class_: Row, person: Person, **stated: Any) -> Row:
    """The subsidy of a class, in the quarter in which it was held."""
    ended = date.fromisoformat(class_["end_at"][:10])
    quarter = (ended.month + 2) // 3
    told = {"paid_on": ended + timedelta(days=17), "class_id": class_["class_id"]}
    return pay(town, person, TRAINING, f"{YEAR}Q{quarter}", **(told | stated))


def learn(town: Township, class_: Row, person: Person, **stated: Any) -> tuple[list[Row], Row]:
    """Somebody who attends a class and is subsidised for it."""
    return attend(town, class_, person, **stated), subsidise(town, class_, person)
