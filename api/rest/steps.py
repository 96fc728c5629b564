"""What the bodies and answers of all state machines have in common: steps, reasons, versions, timelines."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.rest.parameters import Word
from api.rest.problems import documented
from domain.kinds import LARGEST

LONGEST_REASON = 2_000
MOST_ATTACHMENTS = 100

Fen = Annotated[int, Field(ge=1, le=LARGEST, strict=True)]
Version = Annotated[int, Field(ge=1, le=LARGEST, strict=True)]
Reason = Annotated[str, StringConstraints(min_length=5, max_length=LONGEST_REASON)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Attachments = Annotated[list[Sha256], Field(max_length=MOST_ATTACHMENTS)]

STEP = documented(400, 403, 404, 409, 413)
"""What a step may be answered beside success."""


class ReviewRequest(BaseModel):
    """A step: whose hand takes it, and the version that the hand saw."""

    model_config = ConfigDict(extra="forbid")

    actor: Word
    version: Version | None = None


class RefusalRequest(ReviewRequest):
    """A rejection or withdrawal, with its reason, which is sealed."""

    reason: Reason


class TimelineEntry(BaseModel):
    """One sealed step."""

    position: int
    topic: str
    occurred_on: str
    recorded_at: str
    actor: str
