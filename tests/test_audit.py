"""The locks by hand and as they are; what is known of packages, asked of a service on this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audit import locks
from audit.__main__ import said, weaknesses
from audit.advisories import NotAskedError, known
from audit.locks import Pin

ROOT = Path(__file__).resolve().parents[1]
GOOD = "--hash=sha256:" + "0a" * 32
SOLID, WEAK = Pin("PyPI", "solid", "1.0"), Pin("PyPI", "weak", "2.0rc1")


@pytest.mark.parametrize("path", [*locks.every(ROOT)], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_package_is_of_one_version_with_its_hashes_and_without_an_address(path: Path) -> None:
    pins, faults = locks.read(path)
    assert pins and not faults
    assert "://" not in path.read_text(encoding="utf-8").replace("https://opencollective.com", "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"solid==1.0 \\\n    {GOOD} \\\n    {GOOD}", ""),
        (f"solid[all]==1.0 ; sys_platform == 'win32' \\\n    {GOOD}", ""),
        ("# nothing but a remark\n", ""),
        ("solid==1.0", "solid==1.0: no hash"),
        (f"solid==1.0 \\\n    {GOOD[:-1]}", "is no hash of sha256"),
        (f"solid==1.0 \\\n    {GOOD} \\\n    --hash=md5:00", "--hash=md5:00 is no hash of sha256"),
        (f"solid>=1.0 \\\n    {GOOD}", "neither a package of one version"),
        ("solid @ https://example.org/solid.whl", "neither a package of one version"),
        ("--index-url https://example.org/simple", "neither a package of one version"),
    ],
)
def test_what_is_wrong_with_a_lock_is_named(line: str, fault: str) -> None:
    pins, faults = locks.of_python(line)
    assert [fault in one for one in faults] == [True] * bool(fault)
    assert {*pins} <= {SOLID}


def test_a_package_of_npm_has_its_hash_and_no_address() -> None:
    whole = {"version": "1.0", "integrity": "sha512-" + "A" * 86 + "=="}
    for told, faults in (
        (whole, []),
        ({"version": "1.0"}, ["leaf==1.0: no hash"]),
        (
            whole | {"resolved": "https://example.org/leaf.tgz"},
            ["leaf==1.0: names an address, https://example.org/leaf.tgz"],
        ),
    ):
        text = json.dumps({"packages": {"": {"name": "own"}, "node_modules/leaf": told}})
        assert locks.of_npm(text) == ([Pin("npm", "leaf", "1.0")], faults)


Service = Callable[[bytes], str]


@pytest.fixture
def service() -> Iterator[Service]:
    """Start a service that gives one answer, and return its address."""
    servers = []

    def start(body: bytes) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_known_weakness_is_found_and_named_with_its_package(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    address = service(json.dumps({"results": [{}, {"vulns": [{"id": "CVE-1"}, {"id": "CVE-2"}]}]}).encode())
    assert known([SOLID, WEAK], address) == {WEAK: ["CVE-1", "CVE-2"]}
    assert weaknesses([SOLID, WEAK], address) == ["weak==2.0rc1: CVE-1, CVE-2: choose another version (`make lock`)"]
    assert weaknesses([SOLID], service(b'{"results": [{}]}')) == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"results": []}', b'{"results": null}'])
def test_no_answer_is_said_aloud_and_is_no_finding(
    service: Service, body: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    address = service(body)
    with pytest.raises(NotAskedError):
        known([SOLID], address)
    assert weaknesses([SOLID], address) == []
    assert "NOT ASKED" in capsys.readouterr().err


def test_a_service_that_nobody_reaches_is_said_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    assert weaknesses([SOLID], "http://127.0.0.1:1/") == [] and "NOT ASKED" in capsys.readouterr().err


def test_only_what_pip_says_of_versions_taken_back_is_taken_for_it() -> None:
    assert said("WARNING: Location is ignored\n") == []
