"""What the server opens for whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheets_agent.errors import UsageError
from sheets_agent.server.places import NotServed, Places
from sheets_agent.server.users import User
from sheets_agent.settings import Served, load

ID = "1" * 44
OTHER = "2" * 44
ANN, ROOT = User("ann", "editor"), User("root", "admin")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    served = tmp_path / "books"
    for name in ("sales.xlsx", "q 1/plan 2.csv", "results/ann/r.xlsx", "results/bob/r.xlsx", "notes.txt"):
        (served / name).parent.mkdir(parents=True, exist_ok=True)
        (served / name).touch()
    (tmp_path / "secret.xlsx").touch()
    (served / "link.xlsx").symlink_to(tmp_path / "secret.xlsx")
    (served / "bobs.xlsx").symlink_to(served / "results/bob/r.xlsx")
    return served


def test_files_of_the_folder_are_opened_and_no_others(folder: Path) -> None:
    places = Places(Served(folder=folder), ANN)
    assert places.files() == ["q 1/plan 2.csv", "results/ann/r.xlsx", "sales.xlsx"]
    assert places.open(" sales.xlsx ") == str(folder / "sales.xlsx")
    assert places.open("q 1/../sales.xlsx") == str(folder / "sales.xlsx")
    for named in (
        "../secret.xlsx",
        "link.xlsx",
        "bobs.xlsx",
        "results/bob/r.xlsx",
        "q 1/../results/bob/r.xlsx",
        str(folder / "sales.xlsx"),
        "notes.txt",
        "gone.xlsx",
        "a\0.xlsx",
        "x" * 5_000 + ".xlsx",
        ID,
    ):
        with pytest.raises(NotServed):
            places.open(named)
    assert Places(Served(folder=folder), ROOT).open("results/bob/r.xlsx")


def test_results_are_their_users_where_the_case_of_names_does_not_count(folder: Path) -> None:
    """On macOS `Results/bob` and `results/bob` are one folder; a folder of that name stands for it here."""
    for name in ("Results/bob/r.xlsx", "RESULTS/Ann/r.xlsx"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    places = Places(Served(folder=folder), ANN)
    with pytest.raises(NotServed):
        places.open("Results/bob/r.xlsx")
    assert [name for name in places.files() if "bob" in name] == []
    assert places.open("RESULTS/Ann/r.xlsx")
    assert Places(Served(folder=folder), ROOT).open("Results/bob/r.xlsx")


def test_nothing_is_opened_unless_it_is_set() -> None:
    places = Places(load().served, ROOT)
    for named in ("sales.xlsx", ID, f"https://docs.google.com/spreadsheets/d/{ID}/edit"):
        with pytest.raises(NotServed):
            places.open(named)
    assert places.only() is None


def test_spreadsheets_are_those_that_are_listed() -> None:
    places = Places(Served(spreadsheets=(f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0",)), ANN)
    assert places.open(ID) == ID
    assert places.again(ID)
    assert places.only() == places.served.spreadsheets[0]
    for named in (OTHER, f"https://docs.google.com/spreadsheets/d/{OTHER}/edit", "https://example.org/x.xlsx"):
        with pytest.raises(NotServed):
            places.open(named)
    assert Places(Served(spreadsheets=("*",)), ANN).open(OTHER) == OTHER
    assert Places(Served(spreadsheets=("*",)), ANN).only() is None
    with pytest.raises(UsageError):
        load(served={"spreadsheets": ["https://example.org/"]})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Chart sales.xlsx by month", "sales.xlsx"),
        ("Chart sales.xlsx.", "sales.xlsx"),
        ("Построй диаграмму в «q 1/plan 2.csv»", "q 1/plan 2.csv"),
        ("Sum up other.xlsx", "other.xlsx"),
        (
            f"See https://docs.google.com/spreadsheets/d/{ID}/edit, please",
            f"https://docs.google.com/spreadsheets/d/{ID}/edit",
        ),
        ("Make it a line chart", None),
    ],
)
def test_what_a_message_names(folder: Path, text: str, named: str | None) -> None:
    assert Places(Served(folder=folder), ANN).in_message(text) == named


def test_results_have_names_of_their_own_and_are_opened_again(folder: Path) -> None:
    places = Places(Served(folder=folder), ANN)
    first = places.result_for(str(folder / "sales.xlsx"), "aa.11")
    second = places.result_for(str(folder / "sales.xlsx"), "aa.22")
    assert first != second
    assert first is not None
    Path(first).touch()
    assert places.again(first)
    assert not Places(Served(folder=folder), User("bob", "editor")).again(first)
    assert not Places(Served(), ANN).again(first)
    assert places.result_for(ID, "aa.11") is None
