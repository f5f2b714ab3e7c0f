import pytest

from sheets_agent.emulator.locales import locale


def test_russian() -> None:
    here = locale("ru_RU")
    assert (here.decimal, here.group) == (",", "\u00a0")
    assert (here.date, here.date_time, here.true) == ("dd.mm.yyyy", "dd.mm.yyyy h:mm:ss", "ИСТИНА")
    assert here.money("#,##0.00") == "#,##0.00\u00a0[$₽]"


def test_american() -> None:
    here = locale("en_US")
    assert (here.decimal, here.group) == (".", ",")
    assert here.money("#,##0") == "[$$]#,##0"


@pytest.mark.parametrize(
    ("name", "like"),
    [("ru-RU", "ru_RU"), ("ru", "ru_RU"), ("de_LU", "de_DE"), ("en_XX", "en_US"), ("qq_QQ", "en_US"), ("", "en_US")],
)
def test_falls_back_to_the_language_then_to_american_english(name: str, like: str) -> None:
    assert locale(name).name == name
    assert locale(name).months == locale(like).months
    assert locale(name).decimal == locale(like).decimal


@pytest.mark.parametrize(
    "name", ["en_US", "en_GB", "ru_RU", "de_DE", "fr_FR", "it_IT", "es_ES", "pt_BR", "uk_UA", "kk_KZ", "pl_PL", "ja_JP"]
)
def test_names_are_complete(name: str) -> None:
    here = locale(name)
    assert len(set(here.months)) == len(set(here.months_short)) == 12
    assert len(set(here.weekdays)) == len(set(here.weekdays_short)) == 7
    assert len(here.months_in_dates) in (0, 12)
    assert here.decimal != here.group
