"""The tree that a planning strategy searched: shown in the terminal, and written to a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.tree import Tree

    from sheets_agent.cli.options import Function
    from sheets_agent.state.planned import SearchTree
    from sheets_agent.state.result import RunResult

_SHOWING = "sheets_agent.tree"
_NONE = (
    "No tree was searched for this plan. The planners tot-greedy, tot-beam, tot-dfs and mcts search one; "
    "auto does where two plans have failed."
)


@dataclass(frozen=True)
class TreeWanted:
    """How the person wants to see the tree."""

    show: bool = False
    path: Path | None = None

    def check(self) -> None:
        """See that the tree can be written, before any model is asked.

        Raises:
            UsageError: an unknown kind of file, or a picture while matplotlib is not installed.
            FileError: there is no such folder.
        """
        if self.path is not None:
            from sheets_agent.pictures.search_tree import check_tree_file

            check_tree_file(self.path)

    def tell(self, result: RunResult, *, as_json: bool) -> None:
        """Show and write the tree of a result; in JSON it is shown already.

        Raises:
            FileError: the file cannot be written.
        """
        if not self.show and self.path is None:
            return
        if result.search is None:
            click.echo(_NONE, err=as_json)
            return
        if self.show and not as_json:
            from sheets_agent.cli.show import console_for

            show_tree(console_for(), result.search)
        if self.path is not None:
            from sheets_agent.pictures.search_tree import save_search_tree

            save_search_tree(result.search, self.path)
            click.echo(f"The search tree is in {self.path}.", err=as_json)


def tree_options(command: Function) -> Function:
    """How the searched tree is shown. What is given is in `tree_wanted`."""

    def keep(context: click.Context, option: click.Parameter, value: Any) -> None:
        context.meta.setdefault(_SHOWING, {})[option.name] = value

    show = click.option(
        "--show-tree",
        "show",
        is_flag=True,
        expose_value=False,
        callback=keep,
        help="Show what was searched for the plan.",
    )
    path = click.option(
        "--tree",
        "path",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        expose_value=False,
        callback=keep,
        help="Write what was searched for the plan to FILE: .txt, .mmd (Mermaid), .dot, .svg or .png.",
    )
    return show(path(command))


def tree_wanted() -> TreeWanted:
    """What the options of the command that runs ask for.

    Raises:
        UsageError: an unknown kind of file, or a picture while matplotlib is not installed.
        FileError: there is no such folder.
    """
    wanted = TreeWanted(**click.get_current_context().meta.get(_SHOWING, {}))
    wanted.check()
    return wanted


def show_tree(console: Console, tree: SearchTree) -> None:
    """A tree, the way to the plan in green and starred, and below each step what spoke against it."""
    console.print()
    console.print(_branch(tree), soft_wrap=False)


def _branch(node: SearchTree) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    from sheets_agent.pictures.search_tree import plain, title, worth

    line = Text("* " if node.chosen else "").append(title(node)).append(f"  {worth(node)}", style="dim")
    for fact in node.facts:
        line.append(f"\n! {plain(fact)}", style="not bold red")
    branch = Tree(line, style="bold green" if node.chosen else "", guide_style="dim")
    branch.children.extend(_branch(child) for child in node.children)
    return branch
