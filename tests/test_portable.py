"""What a planner runs runs on Windows, macOS and Linux: calls and names that one of them lacks are in no file."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*(ROOT / "geokehila").rglob("*.py"), *(ROOT / "cli").rglob("*.py"), ROOT / "hatch_build.py"])
#: Modules of one system alone.
ELSEWHERE = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "crypt", "syslog", "winreg", "msvcrt"}
#: Calls that one system lacks or does otherwise; the first word is the module.
CALLS = {
    *(
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.killpg",
        "os.getuid",
        "os.geteuid",
        "os.getgid",
        "os.getpgid",
        "os.setsid",
    ),
    *("os.uname", "os.getloadavg", "os.sched_getaffinity", "os.mkfifo", "os.mknod", "os.chown", "os.chroot", "os.nice"),
    *("os.wait", "os.waitpid", "os.system", "os.popen", "os.symlink", "os.link", "os.statvfs", "os.sync"),
    *("signal.SIGKILL", "signal.SIGHUP", "signal.SIGUSR1", "signal.SIGUSR2", "signal.alarm", "signal.pause"),
    *("multiprocessing.Process", "multiprocessing.Pool", "multiprocessing.Pipe", "multiprocessing.Queue"),
    "asyncio.add_signal_handler",
}
#: Calls that open text, and which argument is the encoding; of `open` it is told by the mode whether it is text.
OPENING = {"open": 0, "read_text": 0, "write_text": 1}
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def faults(code: str) -> Iterator[str]:
    """Yield what a module does that not every system can."""
    for node in ast.walk(ast.parse(code)):
        yield from (f"line {node.lineno}: {fault}" for fault in _of(node) if hasattr(node, "lineno"))


def _of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"import {alias.name}" for alias in node.names if alias.name.split(".")[0] in ELSEWHERE)
    if isinstance(node, ast.ImportFrom) and node.module:
        if node.module.split(".")[0] in ELSEWHERE:
            yield f"from {node.module}"
        yield from (name for alias in node.names if (name := f"{node.module}.{alias.name}") in CALLS)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in CALLS:
        yield f"{node.value.id}.{node.attr}"
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"/(tmp|proc|dev|etc|var|home|usr)\b", node.value)
    ):
        yield f"the path {node.value}"
    if isinstance(node, ast.Call):
        yield from _of_call(node)


def _of_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    words = {word.arg: word.value for word in call.keywords}
    if isinstance(shell := words.get("shell"), ast.Constant) and shell.value:
        yield "shell=True"
    if name == "get_context" and [getattr(one, "value", None) for one in call.args] != ["spawn"]:
        yield "processes that are not spawned"
    if name == "ProcessPoolExecutor" and "mp_context" not in words:
        yield "processes that are not told how to begin"
    if name == "strftime" and any(
        isinstance(one, ast.Constant) and re.search(r"%[-#_]", str(one.value)) for one in call.args
    ):
        yield "strftime of one system"
    if name in OPENING and "encoding" not in words and _is_text(call, name, words):
        yield f"{name} of text without its encoding"


def _is_text(call: ast.Call, name: str, words: dict[str | None, ast.expr]) -> bool:
    """Tell whether a call reads or writes text in an encoding that it does not say."""
    if name != "open":
        return len(call.args) <= OPENING[name]
    place = 0 if isinstance(call.func, ast.Attribute) else 1
    mode = words.get("mode", call.args[place] if len(call.args) > place else ast.Constant("r"))
    return isinstance(mode, ast.Constant) and re.fullmatch("[rwaxt+]+", str(mode.value)) is not None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_asks_nothing_that_a_system_lacks(path: Path) -> None:
    assert [*faults(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "code",
    [
        "import fcntl",
        "from resource import getrusage",
        "import os\nos.fork()",
        "from os import kill",
        "import signal\nsignal.SIGKILL",
        "path = '/tmp/x'",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import multiprocessing\nmultiprocessing.get_context('fork')",
        "import multiprocessing\nmultiprocessing.get_context()",
        "import multiprocessing\nmultiprocessing.Pool()",
        "ProcessPoolExecutor(2)",
        "date.strftime('%-d.%m')",
        "path.write_text('x')",
        "path.read_text()",
        "path.open('w')",
        "open(path, 'r')",
    ],
)
def test_each_of_these_would_be_found(code: str) -> None:
    assert len([*faults(code)]) == 1


@pytest.mark.parametrize(
    "code",
    [
        "path.open('rb')",
        "path.write_text('x', encoding='utf-8')",
        "open(path, 'w', encoding='utf-8')",
        "date.strftime('%d')",
    ],
)
def test_none_of_these_is_a_fault(code: str) -> None:
    assert [*faults(code)] == []


def tracked() -> list[str]:
    """Every file of the repository; where there is none, of the folders that travel."""
    if not (ROOT / ".git").exists():
        return [path.relative_to(ROOT).as_posix() for path in (ROOT / "geokehila").rglob("*") if path.is_file()]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [name for name in listed.split("\0") if name]


def test_every_file_can_be_checked_out_on_windows() -> None:
    names = tracked()
    assert len(names) > 100
    parts = {part for name in names for part in name.split("/")}
    assert [part for part in parts if RESERVED.fullmatch(part) or re.search(r'[<>:"\\|?*]|[. ]$', part)] == []
    assert [name for name in names if len(name) > 120] == [], "a folder of a user's own goes before it, 240 together"
    assert len({name.lower() for name in names}) == len(names), "two names that differ by case alone are one file"


def test_what_a_run_writes_has_names_that_windows_takes(neve_or: object) -> None:
    path, page = neve_or.path, neve_or.page  # type: ignore[attr-defined]
    out = page.parents[2]
    names = [one.relative_to(out).as_posix() for top in (path, page.parent) for one in top.rglob("*")]
    assert len(names) > 50
    assert [name for name in names if re.search(r'[<>:"\\|?*]|[. ](/|$)', name) or len(name) > 120] == []
    assert [name for name in names for part in name.split("/") if RESERVED.fullmatch(part)] == []


def test_a_town_is_made_and_run_in_a_folder_of_hebrew_with_a_blank(tmp_path: Path) -> None:
    """In a process of its own, whose streams speak the code page of a Windows in Hebrew."""
    out = tmp_path / "תכנון עירוני 2026" / "שכונה א'"
    out.mkdir(parents=True)
    command = [sys.executable, "-m", "geokehila_cli", "demo", "--residents", "1500", "--quiet"]
    done = subprocess.run(
        command, cwd=out, capture_output=True, env=_environment() | {"PYTHONIOENCODING": "cp1255"}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (out / "maps" / "generated-1500" / "index.html").is_file()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}", "PYTHONUTF8": "0"}
