"""Numbers and names that belong to nobody: county 440899, BIN 629999, telephones 0759-0…; check digits are right."""

from datetime import date
from random import Random  # noqa: TID251  the bench names its seed

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
COUNTY = "440899"
BIN = "629999"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
MALE = "男"
FEMALE = "女"

SURNAMES = "陈林黄梁李吴张王郑杨何许邓罗叶周蔡苏冯谢曾钟彭唐麦符欧杜潘韦庞莫廖劳卢郭汤沈全容方朱宋胡韩徐刘"
MEN = "国永志强建华文明伟福祥富贵保荣兴龙生木金水土日成堂峰宇森鹏斌亭观养友仲康进良海俊耀德义"
WOMEN = "秀丽玉凤梅兰芳英娣妙彩霞莲琴清珍红爱群娥芬桂美雪燕婷诗换带少好妹云琪思艳春花香莺"


def check_digit(body: str) -> str:
    """The eighteenth character of an identity number (GB 11643)."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def to_fifteen(id_no: str) -> str:
    """The number of the same person before 1999; only of births before 2000."""
    return id_no[:6] + id_no[8:17]


def luhn(body: str) -> str:
    """The last digit of a card number."""
    doubled = sum(sum(divmod(int(digit) * (2 - index % 2), 10)) for index, digit in enumerate(reversed(body)))
    return str(-doubled % 10)


class Numbers:
    """Gives each number and name once.

    chance:  where they come from.
    """

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._given: set[str] = set()
        self._card = self._phone = self._credit = 10_000

    def id_no(self, born: date, sex: str) -> str:
        """An identity number of that birthday."""
        while True:
            sequence = self._chance.randrange(100, 990) // 2 * 2 + (sex == MALE)
            body = f"{COUNTY}{born:%Y%m%d}{sequence:03d}"
            number = body + check_digit(body)
            if self._take(number):
                return number

    def near(self, id_no: str) -> str:
        """Another identity number that differs in one digit of its sequence, beside the check digit."""
        for step in range(2, 10, 2):
            body = f"{id_no[:16]}{(int(id_no[16]) + step) % 10}"
            number = body + check_digit(body)
            if self._take(number):
                return number
        raise LookupError("Every neighbour of that number has been given already.")

    def transposed(self, id_no: str) -> str | None:
        """The number with day and month of the birth date exchanged, where that is another day."""
        month, day = id_no[10:12], id_no[12:14]
        if month == day or not 1 <= int(day) <= 12:
            return None
        body = id_no[:10] + day + month + id_no[14:17]
        number = body + check_digit(body)
        return number if self._take(number) else None

    def card(self, *, next_to: str | None = None) -> str:
        """A bank card; `next_to` gives the very next number."""
        if next_to is not None:
            self._card = int(next_to[6:18]) + 1
        else:
            self._card += self._chance.randrange(7, 60)
        body = f"{BIN}{self._card:012d}"
        return body + luhn(body)

    def phone(self) -> str:
        """A telephone number."""
        self._phone += 1
        return f"0759-0{self._phone:06d}"

    def credit_code(self, kind: str = "91") -> str:
        """A 统一社会信用代码 (GB 32100); `kind` are its first two characters."""
        self._credit += 1
        organisation = f"MB{self._credit:06d}"
        values = (int(character, 36) for character in organisation)
        rest = 11 - sum(value * weight for value, weight in zip(values, ORGANISATION_WEIGHTS, strict=True)) % 11
        body = f"{kind}{COUNTY}{organisation}{'0X'[rest == 10] if rest >= 10 else rest}"
        total = sum(CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
        return body + CREDIT_ALPHABET[-total % 31]

    def name(self, sex: str, surname: str | None = None) -> str:
        """A common name; nobody else in the township has it, as long as there are names."""
        given = MEN if sex == MALE else WOMEN
        name = ""
        for _ in range(200):
            name = (surname or self._chance.choice(SURNAMES)) + "".join(self._chance.sample(given, 2))
            if self._take(name):
                break
        return name

    def _take(self, number: str) -> bool:
        if number in self._given:
            return False
        self._given.add(number)
        return True
