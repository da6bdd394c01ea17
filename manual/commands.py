"""The page of commands, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from geokehila_cli.app import app
from manual.marked import code, table


def parts() -> dict[str, list[str]]:
    """Return the lines of every command."""
    sections = [line for name, command in every() for line in _section(name, command)]
    return {"commands": [*table(("", "command", "what"), _overview()), "", *sections]}


def _overview() -> Iterator[tuple[str, str, str]]:
    """Yield the commands in the order of work as the help of all shows them, each group named once."""
    first = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    groups = list(dict.fromkeys(command.rich_help_panel for command in first.values()))
    rows = [(first[name.split()[1]], name) for name, _ in every()]
    above = ""
    for command, name in sorted(rows, key=lambda row: groups.index(row[0].rich_help_panel)):
        group = command.rich_help_panel
        yield "" if group == above else group, f"[`{name}`](#{name.replace(' ', '-')})", command.short_help
        above = group


def every() -> list[tuple[str, Any]]:
    """Return every command with the words that call it, those of a group after one another."""
    return [*_within("geokehila", typer.main.get_command(app))]


def _within(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word, inner in command.commands.items():
        yield from _within(f"{name} {word}", inner)


def told(command: Any) -> tuple[str, list[str]]:
    """Return what a command says of itself, and its examples."""
    said, _, examples = inspect.cleandoc(command.help or "").partition("\b")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    return said.strip(), lines


def _section(name: str, command: Any) -> Iterator[str]:
    said, examples = told(command)
    shown = [param for param in command.params if param.name != "help"]
    words = " ".join(_argument(param) for param in shown if not _is_option(param))
    yield from (f"## {name}", "", said, "", "```sh", *examples, "```", "")
    yield from (f"Usage: `{f'{name} [OPTIONS] {words}'.strip()}`", "")
    yield from table(("argument or option", "default", "what"), map(_row, shown))
    yield ""


def _is_option(param: Any) -> bool:
    return bool(param.param_type_name == "option")


def _metavar(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _argument(param: Any) -> str:
    return _metavar(param) if param.required else f"[{_metavar(param)}]"


def _row(param: Any) -> tuple[str, str, str]:
    named = ", ".join(code(word) for word in param.opts) if _is_option(param) else code(_metavar(param))
    if _is_option(param) and not param.is_flag:
        named += f" {code(_metavar(param))}"
    said, _, stated = (param.help or "").partition(" [default: ")
    return named, _default(param) or stated.removesuffix("]"), said


def _default(param: Any) -> str:
    """Return what Typer takes where nothing is said; of what has no one value the help tells."""
    if param.required:
        return "required"
    if param.default is False or param.default in (None, "", ()):
        return ""
    return code(param.default.as_posix() if isinstance(param.default, Path) else param.default)
