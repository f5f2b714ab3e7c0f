"""Text tables: encodings, delimiters, locales, and values typed as a person would mean them."""

import pytest

from sheets_agent.emulator.csv_file import guess_locale
from sheets_agent.emulator.files import open_file, save_file
from sheets_agent.emulator.workbook import Cell

RUSSIAN = "Дата;Регион;Сумма\n31.12.2025;Москва;1 234,50\n01.02.2026;Казань;-7,5\n"


def opened(tmp_path, content, name="table.csv", locale=None):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_file(path, locale).workbook


def values(workbook):
    sheet = workbook.sheets[0]
    rows, columns = workbook.extent(sheet)
    return [[sheet.cell(row, column).value for column in range(columns)] for row in range(rows)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_every_usual_encoding_of_russian_text_is_found(tmp_path, encoding):
    workbook = opened(tmp_path, RUSSIAN.encode(encoding))
    assert workbook.locale == "ru_RU"
    assert values(workbook) == [
        ["Дата", "Регион", "Сумма"],
        [46022.0, "Москва", 1234.5],
        [46054.0, "Казань", -7.5],
    ]
    assert workbook.sheets[0].cell(1, 0).format["numberFormat"]["type"] == "DATE"


def test_western_text_is_not_taken_for_russian(tmp_path):
    workbook = opened(tmp_path, "Name;Größe\nJosé Muñoz;1,5\nFrançois;2,25\n".encode("cp1252"))
    assert values(workbook)[1:] == [["José Muñoz", 1.5], ["François", 2.25]]
    assert workbook.locale == "de_DE"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_also_with_quoted_text(tmp_path, delimiter):
    rows = [["name", "note", "sum"], ["a", f'"x{delimiter} y;,|"', "1"], ["b", '"two\nlines"', "2"]]
    workbook = opened(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert values(workbook) == [["name", "note", "sum"], ["a", f"x{delimiter} y;,|", 1.0], ["b", "two\nlines", 2.0]]


def test_excels_own_hint_about_the_delimiter_is_followed(tmp_path):
    assert values(opened(tmp_path, "sep=|\na,b|c\n")) == [["a,b", "c"]]


def test_what_a_number_would_lose_stays_text(tmp_path):
    fields = ["0042", "+79161234567", "12345678901234567890", "=1+2", "@handle", "1e3", "12%", "TRUE", "$5.50"]
    workbook = opened(tmp_path, "v\n" + "\n".join(fields) + "\n")
    assert [row[0] for row in values(workbook)[1:]] == [
        "0042", "+79161234567", "12345678901234567890", "=1+2", "@handle", 1000.0, 0.12, True, 5.5,
    ]  # fmt: skip
    assert all(cell.formula is None for _, _, cell in workbook.sheets[0].cells())


@pytest.mark.parametrize(
    ("fields", "text", "locale"),
    [
        (["1,5", "2,75"], "Цена", "ru_RU"),
        (["1,5", "2,75"], "Preis", "de_DE"),
        (["1,234", "5,678"], "Price", "en_US"),
        (["1.5", "31.12.2025"], "Цена", "en_US"),
        (["31.12.2025"], "Дата", "ru_RU"),
        (["31/12/2025", "1/2/2025"], "Date", "en_GB"),
        (["12/31/2025"], "Date", "en_US"),
        ([], "", "en_US"),
    ],
)
def test_the_locale_follows_decimals_and_dates(fields, text, locale):
    assert guess_locale([fields], text) == locale


def test_dotted_dates_are_dates_beside_decimal_points(tmp_path):
    workbook = opened(tmp_path, "Дата,Цена\n31.12.2025,1.5\n")
    assert values(workbook)[1] == [46022.0, 1.5]


def test_the_locale_can_be_given(tmp_path):
    workbook = opened(tmp_path, "v\n1.5\n", locale="ru_RU")
    assert workbook.locale == "ru_RU"
    assert workbook.sheets[0].cell(1, 0).format["numberFormat"]["type"] == "DATE"  # 1 May, as Sheets reads it


def test_an_empty_table_and_a_ragged_one(tmp_path):
    assert values(opened(tmp_path, "")) == []
    assert values(opened(tmp_path, "a,b,c\n1\n\n2,3\n")) == [
        ["a", "b", "c"],
        [1.0, None, None],
        [None, None, None],
        [2.0, 3.0, None],
    ]


def test_the_first_tab_is_saved_as_shown_and_the_rest_is_told(tmp_path):
    workbook = opened(tmp_path, RUSSIAN)
    sheet = workbook.sheets[0]
    workbook.set_cell(sheet, 3, 2, Cell(formula="=SUM(C2:C3)"))
    losses = save_file(workbook, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text("utf-8").replace("\u00a0", " ").splitlines() == [
        "Дата;Регион;Сумма",
        "31.12.2025;Москва;1 234,50",
        "01.02.2026;Казань;-7,5",
        ";;1 227,00",
    ]
    assert any("Formulas" in sentence for sentence in losses)
