"""The help of all commands: in the order of work, each group under its name, before the options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup


class Groups(TyperGroup):
    """Commands under the names of their groups; Typer has panels only where it draws boxes."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, then the options: who reads for the first time looks for a command."""
        width = max(map(len, self.commands))
        for group, names in self._by_group():
            with formatter.section(group):
                formatter.write_dl(
                    [(f"{n:{width}}", self.commands[n].get_short_help_str(formatter.width)) for n in names]
                )
        super().format_options(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write nothing: they stand above."""

    def _by_group(self) -> Iterator[tuple[str, list[str]]]:
        groups: dict[str, list[str]] = {}
        for name, command in self.commands.items():
            groups.setdefault(getattr(command, "rich_help_panel", ""), []).append(name)
        yield from groups.items()
