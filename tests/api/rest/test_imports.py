"""Imports over the wire: taken in at once, done in the background, told row by row."""

import io
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from api.app import create_app
from api.importing import import_uploads
from api.ledger import Ledger
from api.rest.import_desk import MOST_UNDER_WAY, ImportDesk
from api.rest.imports import MOST_FILES
from api.rest.memory import Memory
from tests.api.rest.hearing import heard

ADDRESS = "/api/v1/imports"
TOWNSHIP = Path(__file__).parents[3] / "samples" / "township"
ENOUGH_SECONDS = 60

HEADER = "姓名,身份证号,死亡日期,知悉日期,来源"
GOOD = "测试丙,440899195501014137,2020-05-06,2020-05-20,民政"
BAD_NUMBER = "440899195501014138"
BAD = f"测试乙,{BAD_NUMBER},2020-05-06,2020-05-20,民政"
REFUSED = "测试丁,440899195501014137,2020-02-30,2020-05-20,民政"

Sent = tuple[str, bytes]


def deaths(*rows: str) -> Sent:
    """A list of deaths as CSV."""
    return "deaths.csv", "\n".join([HEADER, *rows, ""]).encode()


def send(client: TestClient, *files: Sent, **options: Any) -> Any:
    """Send files as one import."""
    return client.post(ADDRESS, files=[("files", file) for file in files], **options)


def ended(client: TestClient, address: str) -> dict[str, Any]:
    """The import's state, once it has ended."""
    until = time.monotonic() + ENOUGH_SECONDS
    while time.monotonic() < until:
        told: dict[str, Any] = client.get(address).json()
        if told["state"] not in ("waiting", "running"):
            return told
        time.sleep(0.02)
    raise AssertionError(f"{address} has not ended after {ENOUGH_SECONDS} s")


@contextmanager
def busy(ledger: Ledger) -> Iterator[None]:
    """Hold the import lock, as another process does that imports."""
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with ledger.storage.importing(wait=True):
            holds.set()
            may_end.wait(ENOUGH_SECONDS)

    thread = threading.Thread(target=hold)
    thread.start()
    holds.wait(ENOUGH_SECONDS)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def test_workbooks_are_taken_in_at_once_and_done_in_the_background(clerk: TestClient, empty_ledger: Ledger) -> None:
    files = [(name, (TOWNSHIP / name).read_bytes()) for name in ("manifest.xlsx", "places.xlsx", "orgs.xlsx")]

    taken = send(clerk, *files)
    told = ended(clerk, taken.headers["location"])

    assert taken.status_code == 202
    assert taken.json()["state"] in ("waiting", "running")
    assert told["state"] == "done"
    assert [(file["key"], file["outcome"]) for file in told["answer"]["files"]] == [
        ("manifest", "taken"),
        ("places", "taken"),
        ("orgs", "taken"),
    ]
    assert told["answer"]["size"] == empty_ledger.money.head.position
    assert told["answer"]["head"] == empty_ledger.money.head.link.hex()
    assert told["progress"] is None


def test_a_zip_is_a_package_like_its_files(clerk: TestClient) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("manifest.xlsx", "places.xlsx"):
            archive.write(TOWNSHIP / name, name)

    told = ended(clerk, send(clerk, ("package.zip", data.getvalue())).json()["address"])

    assert [file["key"] for file in told["answer"]["files"]] == ["manifest", "places"]


def test_the_answer_is_the_one_of_the_command_line(clerk: TestClient, tmp_path: Path) -> None:
    files = [deaths(GOOD, BAD)]

    told = ended(clerk, send(clerk, *files).json()["address"])["answer"]
    with Ledger.create(tmp_path / "other", place_code="440899101", place_name="测试镇") as other:
        expected = import_uploads(other, files).answer

    assert {**told, "head": "", "package_id": ""} == {**expected, "head": "", "package_id": ""}


OWN = ("名单.csv", "\n".join([HEADER.replace("身份证号", "证号"), GOOD, ""]).encode())
MAPPING = '[files]\n"名单" = "deaths"\n[deaths.columns]\n"证号" = "id_no"\n'


def send_with_mapping(client: TestClient, text: str) -> Any:
    parts = [("files", OWN), ("mapping", ("own.toml", text.encode()))]
    return client.post(ADDRESS, files=parts)


def test_a_list_under_the_offices_own_headings_is_read_by_the_mapping_that_comes_with_it(clerk: TestClient) -> None:
    told = ended(clerk, send_with_mapping(clerk, MAPPING).json()["address"])

    assert [(file["key"], file["outcome"]) for file in told["answer"]["files"]] == [("deaths", "taken")]
    assert told["files"] == ["名单.csv"]


def test_a_mapping_that_names_what_is_not_there_is_a_problem_and_nothing_is_taken_in(clerk: TestClient) -> None:
    told = send_with_mapping(clerk, '[deaths.columns]\n"证号" = "nothing"\n')

    assert told.status_code == 422, told.text
    assert (told.json()["code"], "deaths.columns.证号" in told.text) == ("E-SCHEMA", True)
    assert clerk.get(ADDRESS).json()["items"] == []


def test_the_same_files_sent_again_change_nothing(clerk: TestClient, empty_ledger: Ledger) -> None:
    ended(clerk, send(clerk, deaths(GOOD)).json()["address"])
    size = empty_ledger.money.head.position

    again = ended(clerk, send(clerk, deaths(GOOD)).json()["address"])

    assert again["answer"]["files"][0]["outcome"] == "unchanged"
    assert empty_ledger.money.head.position == size


def test_a_dry_run_tells_everything_and_records_nothing(clerk: TestClient, empty_ledger: Ledger) -> None:
    told = ended(clerk, send(clerk, deaths(GOOD), params={"dry_run": True}).json()["address"])

    assert told["dry_run"] is True
    assert told["answer"]["files"][0]["rows"] == 1
    assert empty_ledger.money.head.position == 1


def test_problems_stand_masked_in_the_answer_and_marked_in_a_workbook(clerk: TestClient) -> None:
    told = ended(clerk, send(clerk, deaths(GOOD, BAD)).json()["address"])
    marked = clerk.get(told["errors_workbook"])

    file = told["answer"]["files"][0]
    assert (file["rows_taken"], file["rows_quarantined"]) == (1, 1)
    assert [(problem["row"], problem["code"]) for problem in file["problems"]] == [(3, "E-ID")]
    assert BAD_NUMBER not in str(told)
    assert "attachment" in marked.headers["content-disposition"]
    assert CalamineWorkbook.from_filelike(io.BytesIO(marked.content)).sheet_names


def test_a_list_without_problems_has_no_workbook_of_them(clerk: TestClient) -> None:
    files = [(name, (TOWNSHIP / name).read_bytes()) for name in ("manifest.xlsx", "places.xlsx")]

    told = ended(clerk, send(clerk, *files).json()["address"])
    missing = clerk.get(f"{ADDRESS}/{told['id']}/errors.xlsx")

    assert told["errors_workbook"] is None
    assert (missing.status_code, missing.json()["code"]) == (404, "E-REF")


def test_a_refused_row_holds_back_its_file_and_is_no_fault_of_the_wire(clerk: TestClient, empty_ledger: Ledger) -> None:
    told = ended(clerk, send(clerk, deaths(GOOD, REFUSED)).json()["address"])

    assert told["state"] == "done"
    assert told["answer"]["files"][0]["outcome"] == "refused"
    assert empty_ledger.money.head.position == 1


def test_the_progress_is_told_as_events_and_the_last_one_is_the_whole_state(clerk: TestClient) -> None:
    address = send(clerk, deaths(GOOD)).json()["address"]

    stream = clerk.get(f"{address}/events")

    events = heard(stream.text)
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert {event["event"] for event in events[:-1]} <= {"progress"}
    assert events[-1]["event"] == "done"
    assert events[-1]["data"] == clerk.get(address).json()


def test_while_another_process_imports_the_import_waits_and_says_so(clerk: TestClient, empty_ledger: Ledger) -> None:
    with busy(empty_ledger):
        address = send(clerk, deaths(GOOD)).json()["address"]
        meanwhile = clerk.get(address).json()

    assert meanwhile["progress"] is not None
    assert ended(clerk, address)["state"] == "done"


def test_as_many_workbooks_as_are_described_come_with_a_mapping_and_one_more_is_refused(clerk: TestClient) -> None:
    mapping = ("mapping", ("mapping.toml", b""))
    most = [("files", (f"deaths-{number}.csv", deaths(GOOD)[1])) for number in range(MOST_FILES)]

    taken = clerk.post(ADDRESS, files=[*most, mapping], params={"dry_run": True})
    refused = clerk.post(ADDRESS, files=[*most, most[0]])

    assert taken.status_code == 202, taken.text
    assert (refused.status_code, refused.json()["code"]) == (400, "E-SCHEMA")
    assert str(MOST_FILES + 1) in refused.json()["detail"]


def test_too_many_imports_at_once_are_asked_to_wait(clerk: TestClient, empty_ledger: Ledger) -> None:
    with busy(empty_ledger):
        taken = [send(clerk, deaths(GOOD)) for _ in range(MOST_UNDER_WAY)]
        crowded = send(clerk, deaths(GOOD))

    assert {answer.status_code for answer in taken} == {202}
    assert (crowded.status_code, crowded.json()["code"]) == (429, "E-RATE")
    assert int(crowded.headers["retry-after"]) > 0
    assert {ended(clerk, answer.json()["address"])["state"] for answer in taken} == {"done"}


def test_a_request_sent_again_with_its_key_is_one_import(clerk: TestClient) -> None:
    key = {"Idempotency-Key": "import-1"}

    first = send(clerk, deaths(GOOD), headers=key)
    again = send(clerk, deaths(GOOD), headers=key)
    other = send(clerk, deaths(GOOD, BAD), headers=key)

    assert again.json()["id"] == first.json()["id"]
    assert other.status_code == 422
    assert len(clerk.get(ADDRESS).json()["items"]) == 1


def test_imports_are_listed_newest_first_in_pages(clerk: TestClient) -> None:
    sent = [send(clerk, deaths(GOOD)).json()["id"] for _ in range(3)]

    first = clerk.get(ADDRESS, params={"limit": 2}).json()
    second = clerk.get(ADDRESS, params={"limit": 2, "before": first["next"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == sent[::-1]
    assert second["next"] is None


def test_the_files_of_the_ledger_are_listed_whichever_way_they_came(keeper: TestClient, ledger: Ledger) -> None:
    items = keeper.get(f"{ADDRESS}/files").json()["items"]

    assert {"subsidy_payments.xlsx", "roster.xlsx"} <= {item["file"] for item in items}
    positions = [item["position"] for item in items]
    assert positions == sorted(positions, reverse=True)


@pytest.mark.parametrize("path", ["", "/events", "/errors.xlsx"])
def test_an_import_that_there_is_not_is_not_found(clerk: TestClient, path: str) -> None:
    answer = clerk.get(f"{ADDRESS}/00ff{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{}", "application/json", 415, "E-MEDIA"),
        (b"", "", 415, "E-MEDIA"),
        (b"x", "multipart/form-data", 400, "E-SCHEMA"),
        (b"x", "multipart/form-data; boundary=b", 400, "E-SCHEMA"),
        (b"--b\r\nno header", "multipart/form-data; boundary=b", 400, "E-SCHEMA"),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 422, "E-SCHEMA"),
    ],
)
def test_what_is_not_a_form_of_files_is_refused_with_its_reason(
    clerk: TestClient, content: bytes, content_type: str, status: int, code: str
) -> None:
    answer = clerk.post(ADDRESS, content=content, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]


@pytest.mark.parametrize("fields", [{"file": ("a.csv", b"x")}, {"files": (None, b"x")}, {"files": ("", b"x")}])
def test_a_form_without_a_named_file_is_refused_with_the_remedy(clerk: TestClient, fields: dict[str, Any]) -> None:
    answer = clerk.post(ADDRESS, files=fields)

    assert (answer.status_code, answer.json()["field"]) == (422, "body.files")
    assert "'files'" in answer.json()["remedy"]


@pytest.mark.parametrize("file", [("broken.xlsx", b"PK\x03\x04rubbish"), ("notes.txt", b"hello"), ("a.zip", b"x")])
def test_files_that_cannot_be_read_are_told_so_by_the_answer(clerk: TestClient, file: Sent) -> None:
    told = ended(clerk, send(clerk, file).json()["address"])

    problems = [*told["answer"]["problems"], *(p for f in told["answer"]["files"] for p in f["problems"])]
    assert told["state"] == "done"
    assert {problem["code"] for problem in problems} & {"E-FILE", "W-FILE"}


def test_an_import_that_a_dying_process_left_is_told_as_interrupted(empty_ledger: Ledger) -> None:
    with busy(empty_ledger):
        desk = ImportDesk(empty_ledger, Memory.of(empty_ledger, lease_seconds=0))
        ticket = desk.take_in([deaths(GOOD)], dry_run=False)

        elsewhere = ImportDesk(empty_ledger, Memory.of(empty_ledger))
        told, progress = elsewhere.ticket(ticket.id), elsewhere.progress(ticket.id)

    desk.close()
    assert (told.state, progress) == ("interrupted", None)


def test_an_import_that_another_living_process_does_is_told_with_its_progress(empty_ledger: Ledger) -> None:
    with busy(empty_ledger):
        desk = ImportDesk(empty_ledger, Memory.of(empty_ledger))
        ticket = desk.take_in([deaths(GOOD)], dry_run=False)

        elsewhere = ImportDesk(empty_ledger, Memory.of(empty_ledger))
        before, waiting = elsewhere.ticket(ticket.id), elsewhere.progress(ticket.id)

    desk.close()
    after = elsewhere.ticket(ticket.id)
    assert before.state in ("waiting", "running")
    assert waiting is not None
    assert (after.state, elsewhere.progress(ticket.id)) == ("done", None)


def test_only_workbooks_that_a_dead_process_was_marking_are_removed(empty_ledger: Ledger) -> None:
    living = Memory.of(empty_ledger)
    folders = [empty_ledger.folder.path / f"marked-{process}-x1" for process in ("0badc0de", living.process)]
    for left in folders:
        left.mkdir()
        (left / "errors.xlsx").write_bytes(b"somebody's number")

    ImportDesk(empty_ledger, Memory.of(empty_ledger)).close()

    assert [folder.exists() for folder in folders] == [False, True]


def test_states_and_marked_workbooks_survive_a_restart_as_ciphertext(empty_ledger: Ledger) -> None:
    headers = {"Authorization": f"Bearer {empty_ledger.keeper_token}"}

    with TestClient(create_app(empty_ledger), headers=headers) as client:
        before = ended(client, send(client, deaths(GOOD, BAD)).json()["address"])
        workbook = client.get(before["errors_workbook"]).content
    stored = b"".join(path.read_bytes() for path in empty_ledger.folder.path.glob("requests.db*"))
    with TestClient(create_app(empty_ledger), headers=headers) as client:
        after = client.get(f"{ADDRESS}/{before['id']}").json()
        again = client.get(before["errors_workbook"]).content

    assert after == before
    assert again == workbook
    assert not any(part in stored for part in (b"deaths.csv", BAD_NUMBER.encode(), b"PK\x03\x04"))
    assert list(empty_ledger.folder.path.glob("marked-*")) == []


def test_an_import_that_fails_unforeseen_is_told_by_its_ticket_without_its_words(
    clerk: TestClient, empty_ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    empty_ledger.folder.import_lock.mkdir()  # so that the lock cannot be had

    told = ended(clerk, send(clerk, deaths(BAD)).json()["address"])

    assert told["state"] == "failed"
    assert told["problem"]["code"] == "E-INTERNAL"
    incident = told["problem"]["detail"].removesuffix(".").rpartition(" ")[2]
    assert incident in caplog.text
    assert BAD_NUMBER not in caplog.text


def uploads_of(client: TestClient, sizes: Sequence[int]) -> Any:
    """Send files of these sizes."""
    return send(client, *((f"{number}.csv", b"x" * size) for number, size in enumerate(sizes)))


def test_more_than_the_limit_is_refused_whether_the_length_is_told_or_not(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(empty_ledger.settings, "largest_upload_mb", 1)
    headers = {"Authorization": f"Bearer {empty_ledger.keeper_token}"}

    def chunks() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        for _ in range(20):
            yield b"x" * 100_000
        yield b"\r\n--b--\r\n"

    with TestClient(create_app(empty_ledger), headers=headers) as client:
        fits = uploads_of(client, [500_000, 400_000])
        told = uploads_of(client, [500_000, 600_000])
        streamed = client.post(ADDRESS, content=chunks(), headers={"Content-Type": "multipart/form-data; boundary=b"})
        json = client.post(
            "/api/v1/spot-checks", content=b" " * 1_000_001, headers={"Content-Type": "application/json"}
        )

    assert fits.status_code == 202
    for answer in (told, streamed, json):
        assert (answer.status_code, answer.json()["code"]) == (413, "E-SIZE")
        assert "1000000 bytes" in answer.json()["detail"]
