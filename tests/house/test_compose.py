"""The container and its compose file: valid by the published schema, and given no more than they need."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNPRIVILEGED = 10_000


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, continued lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line.strip()]


def last_stage() -> list[tuple[str, str]]:
    """The instructions of the stage that becomes the image."""
    told = instructions()
    return told[max(index for index, (name, _) in enumerate(told) if name == "FROM") :]


def compose_schema() -> dict[str, Any]:
    """The Compose Specification's schema, as `check-jsonschema` carries it."""
    vendored = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema: dict[str, Any] = json.loads(vendored.read_text(encoding="utf-8"))
    return schema


def test_the_compose_file_is_valid_under_the_published_compose_schema() -> None:
    validator = Draft202012Validator(compose_schema())

    assert [error.message for error in validator.iter_errors(COMPOSE)] == []


def test_the_published_schema_would_notice_a_misspelt_key() -> None:
    misspelt = {**COMPOSE, "services": {"api": {**SERVICES["api"], "readonly": True}}}

    assert not Draft202012Validator(compose_schema()).is_valid(misspelt)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_write_nothing_but_its_volume_and_gains_no_privilege(service: str) -> None:
    told = SERVICES[service]

    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in told
    assert "cap_add" not in told
    assert all(volume.split(":")[0] in COMPOSE["volumes"] for volume in told["volumes"])
    assert "/var/run/docker.sock" not in str(told)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_reached_from_this_machine_only_and_says_how_it_is(service: str) -> None:
    told = SERVICES[service]

    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in told.get("ports", ()))
    assert told["healthcheck"]["test"][0] == "CMD"


def test_the_database_is_reached_from_inside_only_and_by_no_superuser_of_the_machine() -> None:
    database = SERVICES["postgres"]

    assert database["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert "ports" not in database
    assert database["user"] == "999:999"


@pytest.mark.parametrize("service", ["api", "projector"])
def test_what_uses_the_database_waits_until_it_is_well(service: str) -> None:
    assert SERVICES[service]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_stands_in_the_environment_and_its_file_is_kept_out_of_git(service: str) -> None:
    told = SERVICES[service]
    files = [Path(secret["file"]) for secret in COMPOSE["secrets"].values()]
    ignored = subprocess.run(
        ["git", "check-ignore", *map(str, files)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "password" not in str(told["environment"]).replace("/run/secrets/database_password", "").lower().replace(
        "postgres_password_file", ""
    )
    named = [name for name in told["environment"] if re.search("KEY|TOKEN|PASSWORD|SECRET", name)]
    assert all(name.endswith("_FILE") and told["environment"][name].startswith("/run/secrets/") for name in named)
    assert {Path(path) for path in ignored.stdout.split()} == set(files)


def test_the_image_runs_as_a_user_without_privileges_given_by_number() -> None:
    users = [argument for name, argument in last_stage() if name == "USER"]
    behind = [name for name, _ in last_stage()[[name for name, _ in last_stage()].index("USER") :]]

    assert len(users) == 1
    assert all(int(number) >= UNPRIVILEGED for number in users[0].split(":"))
    assert not {"RUN", "COPY", "ADD"} & set(behind)


def test_the_image_takes_nothing_from_the_network_without_its_hash() -> None:
    fetching = [
        command
        for name, argument in instructions()
        if name == "RUN"
        for command in argument.split("&&")
        if re.search(r"\bpip (install|sync)\b", command)
    ]

    assert len(fetching) == 3
    assert all("--require-hashes" in command or "--no-index --no-deps" in command for command in fetching)
    assert not any("pip" in argument for name, argument in last_stage() if name == "RUN")
    assert not re.search(r"\bADD\b|https?://(?!127\.0\.0\.1)", " ".join(map(" ".join, instructions())))


def test_the_bases_of_the_image_are_named_with_a_version_and_not_the_latest() -> None:
    bases = [argument.split()[0] for name, argument in instructions() if name == "FROM"]

    assert all(re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base) for base in bases)
    assert len(set(bases)) == 1


def test_everything_that_the_wheel_is_made_of_is_copied_to_the_builder() -> None:
    copied = {word.strip("/") for name, argument in instructions() if name == "COPY" for word in argument.split()}
    let_through = {
        line[1:].strip("/") for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if line[0] == "!"
    }

    assert {"domain", "vault", "audit", "intake", "projections", "api", "LICENSE", "NOTICE"} <= copied
    assert {name for name in copied if (ROOT / name).exists() and name != "."} - {""} == let_through


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server whose /health answers the status that the test names; gives its port."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("page", "healthy"), [(200, True), (503, False), (404, False)], indirect=["page"])
def test_the_health_check_follows_the_health_page_with_nothing_but_python(page: int, *, healthy: bool) -> None:
    [argument] = [argument for name, argument in last_stage() if name == "HEALTHCHECK"]
    command: list[str] = json.loads(argument[argument.index("[") :])
    assert command == SERVICES["api"]["healthcheck"]["test"][1:]

    checked = subprocess.run(
        [sys.executable, *(word.replace(":8000", f":{page}") for word in command[1:])], capture_output=True, check=False
    )

    assert (checked.returncode == 0) is healthy
