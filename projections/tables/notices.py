"""Native notices: the header and its lines, as `projections.notices` shows them."""

from domain.notice import NoticeLinePosted, NoticePublished
from projections.tables.column import stated
from projections.tables.fact_table import FactTable

NOTICES = FactTable(
    "notices",
    columns=stated(
        NoticePublished,
        "notice_no level notice_kind stage subject_kind title programme period village basis_doc fund_source fund_fen "
        "implementer place starts_on until line_count items_root total_fen actor recorded_at",
    ),
    events=(NoticePublished,),
    keys={"notice_no": "notice", "programme": "programme", "village": "place"},
    indexes=("notice_no", "programme period"),
    key=("notice_no",),
    listed=False,
)

NOTICE_LINES = FactTable(
    "notice_lines",
    columns=stated(
        NoticeLinePosted,
        "notice_no line_no village hamlet household_no id_no programme period standard_fen quantity amount_fen "
        "payment_refs",
    ),
    events=(NoticeLinePosted,),
    keys={"notice_no": "notice", "id_no": "person", "household_no": "household"},
    indexes=("notice_no line_no", "id_no", "household_no"),
    key=("notice_no", "line_no"),
    listed=False,
)
