"""A township's year told row by row, and asked about: what the tests of the histories share."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from domain.allocation import ALLOCATION_BY_KIND
from domain.control import PackageReceived
from domain.disbursement import EventReversed, PaymentMade, PaymentReturned
from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived, SharesChanged, SharesHeld
from domain.event import Event
from domain.instruction import PaymentInstructed
from domain.loan import LoanIssued, LoanRepaid
from domain.notice import NoticeLinePosted, NoticePublished
from domain.organisation import OrgAccountRegistered
from domain.person import PersonDied, PersonRegistered
from projections.history import replay
from tests.projections.history import History, Told, account, person

DOCUMENT = "测试财农〔2020〕1号"
COUNTY, TOWNSHIP, COOPERATIVE = "测试县财政局", "测试镇财政所", "测试一村股份经济联合社"
VILLAGE = "测试一村"
TRAINING = "职业培训补贴"
FAR = date(2999, 12, 31)
BORN, LONG_AGO = date(2016, 5, 1), date(2016, 5, 1)


class Story:
    """Rows in the order in which the office recorded them; each method tells one row and gives its position."""

    def __init__(self, history: History) -> None:
        self.history = history

    def package(self, package_id: str, as_of: date) -> int:
        return self.history.tell(
            PackageReceived,
            f"package {package_id}",
            occurred_on=as_of,
            correlation_id=package_id,
            package_id=package_id,
            division_code="440899101",
            as_of=as_of,
            import_mode="增量",
        )

    def finances(self) -> None:
        """The township's own account, and the village cooperative's."""
        for code, org, kind, village in (
            ("ORG-ZJ", TOWNSHIP, "镇财政", None),
            ("ORG-V1", COOPERATIVE, "村集体", VILLAGE),
        ):
            self.history.tell(
                OrgAccountRegistered,
                f"account {org}",
                org_code=code,
                org_name=org,
                org_kind=kind,
                village=village,
                account_no=account(org),
                reconciled=True,
            )

    def stand(self, name: str, household_no: str = "H-0001", event: type[Event] = PersonRegistered, **told: Any) -> int:
        """A row of the roster; told again on the same stream it is a change event."""
        fields: dict[str, Any] = {
            "village": VILLAGE,
            "household_no": household_no,
            "relation": "户主",
            "id_no": person(name),
            "category": "脱贫不稳定户",
            "included_on": LONG_AGO,
        } | told
        fields.setdefault("occurred_on", fields["included_on"])
        return self.history.tell(event, f"roster {household_no} {name} {fields['included_on']}", **fields)

    def pay(self, bank_ref: str, name: str, amount_fen: int, paid_on: date, **told: Any) -> int:
        """A row of 补贴发放表."""
        fields: dict[str, Any] = {
            "bank_ref": bank_ref,
            "programme": TRAINING,
            "period": "2020Q2",
            "id_no": person(name),
            "village": VILLAGE,
            "amount_fen": amount_fen,
            "account_no": account(name),
            "paid_on": paid_on,
            "occurred_on": paid_on,
        }
        return self.history.tell(PaymentMade, f"payment {bank_ref}", **(fields | told))

    def lend(self, loan_no: str, name: str, event: type[Event] = LoanIssued, **told: Any) -> int:
        """A row of 小额信贷台账; told again on the same stream it is a change event."""
        fields: dict[str, Any] = {
            "loan_no": loan_no,
            "id_no": person(name),
            "household_no": "H-0001",
            "principal_fen": 5_000_000,
            "issued_on": date(2020, 3, 10),
            "due_on": date(2022, 3, 9),
            "disbursement_account": account(name),
        } | told
        fields.setdefault("occurred_on", fields["issued_on"])
        return self.history.tell(event, f"loan {loan_no}", **fields)

    def allocate(self, entry_no: str, kind: str, amount_fen: int, occurred_on: date, **told: Any) -> int:
        """A row of 资金指标台账."""
        fields: dict[str, Any] = {
            "entry_no": entry_no,
            "entry_kind": kind,
            "quota_doc_no": DOCUMENT,
            "fund_source": "省级",
            "from_org": COUNTY,
            "to_org": TOWNSHIP,
            "amount_fen": amount_fen,
            "year": 2020,
            "occurred_on": occurred_on,
        }
        return self.history.tell(ALLOCATION_BY_KIND[kind], f"allocation {entry_no}", **(fields | told))

    def sign(self, contract_no: str = "HT-01", **told: Any) -> int:
        """A row of 资产收益合同."""
        fields: dict[str, Any] = {
            "contract_no": contract_no,
            "operator_name": "测试合作社",
            "operator_uscc": "93440899MA9999902H",
            "village": VILLAGE,
            "principal_fen": 100_000_000,
            "guaranteed_ppm": 50_000,
            "day_count": "整年",
            "pay_day": "12-20",
            "starts_on": date(2019, 1, 1),
            "until": date(2023, 12, 31),
            "total_shares": "69",
            "occurred_on": date(2019, 1, 1),
        }
        return self.history.tell(AssetContractSigned, f"contract {contract_no}", **(fields | told))

    def hold(self, name: str, shares: str, *, changed: bool = False, **told: Any) -> int:
        """A row of 股东名册."""
        fields: dict[str, Any] = {
            "contract_no": "HT-01",
            "household_no": "H-0001",
            "id_no": person(name),
            "shares": shares,
            "starts_on": date(2019, 1, 1),
            "occurred_on": date(2019, 1, 1),
        } | told
        event = SharesChanged if changed else SharesHeld
        return self.history.tell(event, f"shares {name} {fields['starts_on']}", **fields)

    def receive(self, bank_ref: str, amount_fen: int, received_on: date, **told: Any) -> int:
        """A row of 分红到账."""
        fields: dict[str, Any] = {
            "bank_ref": bank_ref,
            "contract_no": "HT-01",
            "period": "2020",
            "amount_fen": amount_fen,
            "to_account": account(COOPERATIVE),
            "received_on": received_on,
            "occurred_on": received_on,
        }
        return self.history.tell(DividendReceived, f"receipt {bank_ref}", **(fields | told))

    def distribute(self, bank_ref: str, name: str, paid_fen: int, paid_on: date, **told: Any) -> int:
        """A row of 分红台账."""
        fields: dict[str, Any] = {
            "contract_no": "HT-01",
            "period": "2020",
            "household_no": "H-0001",
            "id_no": person(name),
            "shares": "2",
            "paid_fen": paid_fen,
            "paid_on": paid_on,
            "account_no": account(name),
            "bank_ref": bank_ref,
            "occurred_on": paid_on,
        }
        return self.history.tell(DividendPaid, f"payment {bank_ref}", **(fields | told))

    def die(self, name: str, death_on: date, known_on: date) -> int:
        """A row of 死亡名单."""
        return self.history.tell(
            PersonDied,
            f"death {name}",
            id_no=person(name),
            death_on=death_on,
            occurred_on=death_on,
            known_on=known_on,
            origin="民政",
        )

    def publish(self, notice_no: str, lines: Sequence[tuple[str, int]], starts_on: date, until: date) -> int:
        """A notice with its lines, each a name and an amount; gives the header's position."""
        position = self.history.tell(
            NoticePublished,
            f"notice {notice_no}",
            occurred_on=starts_on,
            notice_no=notice_no,
            level="村",
            notice_kind="公告",
            stage="事后",
            subject_kind="补贴",
            title="发放公告",
            programme=TRAINING,
            period="2020Q2",
            place="村务公开栏",
            starts_on=starts_on,
            until=until,
            line_count=len(lines),
            items_root="0" * 64,
            total_fen=sum(amount_fen for _, amount_fen in lines),
        )
        for line_no, (name, amount_fen) in enumerate(lines, 1):
            self.history.tell(
                NoticeLinePosted,
                f"notice {notice_no} line {line_no}",
                occurred_on=starts_on,
                notice_no=notice_no,
                line_no=line_no,
                village=VILLAGE,
                household_no="H-0001",
                id_no=person(name),
                programme=TRAINING,
                period="2020Q2",
                amount_fen=amount_fen,
            )
        return position

    def give_back(self, target_ref: str, amount_fen: int, returned_on: date, **told: Any) -> int:
        """A row of 退票冲正台账 on the stream of what it takes back: 退票, or 冲正 with `return_kind`."""
        kind = told.get("return_kind", "退票")
        fields: dict[str, Any] = {
            "return_ref": f"TP-{target_ref}",
            "return_kind": kind,
            "target_ref": target_ref,
            "amount_fen": amount_fen,
            "returned_on": returned_on,
            "occurred_on": returned_on,
        }
        event = PaymentReturned if kind == "退票" else EventReversed
        return self.history.tell(event, f"payment {target_ref}", **(fields | told))

    def instruct(self, number: str, claim_no: str, document: str, amount_fen: int, instructed_on: date) -> int:
        """A row of 支付指令台账 about a claim."""
        return self.history.tell(
            PaymentInstructed,
            f"instruction {number}",
            instruction_no=number,
            ref_kind="补贴",
            ref_no=claim_no,
            quota_doc_no=document,
            amount_fen=amount_fen,
            instructed_on=instructed_on,
            occurred_on=instructed_on,
        )

    def repay(self, repay_ref: str, loan_no: str, principal_fen: int, interest_fen: int, repaid_on: date) -> int:
        """A row of 还款流水."""
        return self.history.tell(
            LoanRepaid,
            f"payment {repay_ref}",
            repay_ref=repay_ref,
            loan_no=loan_no,
            repaid_on=repaid_on,
            repaid_principal_fen=principal_fen,
            repaid_interest_fen=interest_fen,
            occurred_on=repaid_on,
        )

    def ask(
        self, subject: str, as_of: date = FAR, *, known_on: date | None = None, known_at: int | None = None
    ) -> dict[str, Any]:
        """The history of `subject` at the three times."""
        with self.history.project().connect() as connection:
            return replay(connection, Entries(self.history), subject, as_of=as_of, known_on=known_on, known_at=known_at)

    def state(
        self, subject: str, as_of: date = FAR, *, known_on: date | None = None, known_at: int | None = None
    ) -> Any:
        """Its state alone."""
        return self.ask(subject, as_of, known_on=known_on, known_at=known_at)["state"]


class Entries:
    """The money book of a history, read at positions."""

    def __init__(self, history: History) -> None:
        self._entries = history.money.entries

    def at(self, positions: Sequence[int]) -> Iterator[Told]:
        return (self._entries[position - 1] for position in positions)
