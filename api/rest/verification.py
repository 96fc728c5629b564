"""`/verification`: the last verification's report for everybody, and running one (OUTPUTS §4)."""

import threading

from fastapi import Request
from pydantic import BaseModel, ConfigDict, StrictBool
from starlette.responses import Response

from api.rest.answers import REVALIDATE, answer
from api.rest.once import OnceOnly
from api.rest.parameters import AnyLedger
from api.rest.problems import documented
from api.rest.routing import public_router, staff_router
from api.verifying import last_clean, verify_ledger
from api.verifying_opened import verify_opened
from domain.refusal import Refused

public = public_router("/verification", "public")
staff = staff_router("/verification", "public")


EVERYBODYS = ("book", "position", "stream", "kind", "expected", "found", "unproven_from")
"""What everybody may know of a finding; the keys and amounts of rows are for staff."""


class BookVerified(BaseModel):
    """One book: last position, its link in hex, and the first position that was read."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    book: str
    origin: str | None
    size: int
    head: str | None


class Finding(BaseModel):
    """One thing that is not as it was sealed."""

    model_config = ConfigDict(extra="allow")

    book: str
    position: int | None
    kind: str
    unproven_from: int | None


class VerificationReport(BaseModel):
    """Whether every byte is as it was sealed; `findings` by book and position."""

    model_config = ConfigDict(extra="allow")

    ok: bool
    books: list[BookVerified]
    findings: list[Finding]
    checked_at: str | None = None


class VerificationRequest(BaseModel):
    """incremental: only what is new since the last clean verification."""

    model_config = ConfigDict(extra="forbid")

    incremental: StrictBool = False


class Verifier:
    """Runs one verification at a time: two would only take each other's processor."""

    def __init__(self) -> None:
        self._running = threading.Lock()

    def run(self, ledger: AnyLedger, *, incremental: bool) -> dict[str, object]:
        """The report of a verification of `ledger`.

        Raises:
            Refused: `E-STATE` while another one is under way.
        """
        if not self._running.acquire(blocking=False):
            raise Refused(
                "E-STATE", why="A verification is under way already.", remedy="Wait, and read its report with GET."
            )
        try:
            goes_on = incremental and bool(last_clean(ledger.folder))
            report = verify_ledger(ledger.folder.path, incremental=incremental, clock=ledger.clock)
            return report if goes_on else verify_opened(ledger, report, lambda done, of: None)
        finally:
            self._running.release()


@public.get("", response_model=VerificationReport, responses=documented(404), summary="The last verification's report")
def show_report(ledger: AnyLedger) -> Response:
    """For everybody. Nobody has to believe it: with a copy of the books anybody can verify them."""
    report = ledger.verification()
    if report is None:
        raise LookupError("从未核验 / The books were never verified; run it with POST.")
    findings = [{name: finding.get(name) for name in EVERYBODYS} for finding in report["findings"]]
    return answer({**report, "findings": findings}, headers=REVALIDATE)


@staff.post("", response_model=VerificationReport, responses=documented(400, 409, 413), summary="Verify both books")
def run_verification(request: Request, wanted: VerificationRequest, ledger: AnyLedger, once: OnceOnly) -> Response:
    """Recompute every byte of both books. What was changed is a finding, and an answer like any other."""
    verifier: Verifier = request.app.state.verifier
    return once(wanted.model_dump(mode="json"), lambda: answer(verifier.run(ledger, incremental=wanted.incremental)))
