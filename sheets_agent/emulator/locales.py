"""What a spreadsheet's locale decides: separators, currency, the order and the names of dates, the words for true.

Source: the Unicode CLDR (https://cldr.unicode.org) for separators, currencies and names; the patterns are those that
Sheets applies to a cell whose number format has a type and no pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from sheets_agent.formulas.locale import decimal_comma
from sheets_agent.formulas.parameters import words

DateOrder = Literal["MDY", "DMY", "YMD"]

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH_MONTHS = _words("January February March April May June July August September October November December")
_ENGLISH_WEEKDAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")


@dataclass(frozen=True, slots=True)
class Locale:
    """One locale. Patterns are number patterns; names start at January and at Monday."""

    name: str
    decimal: str = "."
    group: str = ","
    currency_symbol: str = "$"
    currency_after: bool = False
    date_order: DateOrder = "MDY"
    date: str = "m/d/yyyy"
    time: str = "h:mm:ss AM/PM"
    months: tuple[str, ...] = _ENGLISH_MONTHS
    months_in_dates: tuple[str, ...] = ()
    """The names as they stand beside a day, where the language inflects them ("5 января")."""
    months_short: tuple[str, ...] = tuple(name[:3] for name in _ENGLISH_MONTHS)
    weekdays: tuple[str, ...] = _ENGLISH_WEEKDAYS
    weekdays_short: tuple[str, ...] = tuple(name[:3] for name in _ENGLISH_WEEKDAYS)
    true: str = "TRUE"
    false: str = "FALSE"

    @property
    def date_time(self) -> str:
        """The default pattern of a date with a time of day."""
        return f"{self.date} {self.time.removesuffix(' AM/PM')}"

    @property
    def date_separator(self) -> str:
        """What stands between the numbers of a date."""
        return next(character for character in self.date if not character.isalpha())

    def money(self, digits: str) -> str:
        """The pattern of an amount of the locale's currency, around a pattern of digits such as `#,##0.00`."""
        symbol = f"[${self.currency_symbol}]"
        return f"{digits}{NO_BREAK_SPACE}{symbol}" if self.currency_after else f"{symbol}{digits}"


_ENGLISH = Locale("en_US")
_BRITISH = replace(_ENGLISH, name="en_GB", currency_symbol="£", date_order="DMY", date="dd/mm/yyyy", time="hh:mm:ss")


def _european(
    name: str, group: str, names: tuple[str, str, str, str], booleans: str, date: str = "dd/mm/yyyy"
) -> Locale:
    """A locale with a decimal comma, day before month and the euro behind the amount."""
    months, months_short, weekdays, weekdays_short = (_words(text) for text in names)
    true, false = booleans.split()
    return Locale(
        name, ",", group, "€", True, "DMY", date, "hh:mm:ss", months, (), months_short, weekdays,
        weekdays_short, true, false,
    )  # fmt: skip


_RUSSIAN = replace(
    _european(
        "ru_RU",
        NO_BREAK_SPACE,
        (
            "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
            "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
            "понедельник вторник среда четверг пятница суббота воскресенье",
            "пн вт ср чт пт сб вс",
        ),
        "ИСТИНА ЛОЖЬ",
        "dd.mm.yyyy",
    ),
    currency_symbol="₽",
    time="h:mm:ss",
    months_in_dates=_words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
)
_UKRAINIAN = replace(
    _european(
        "uk_UA",
        NO_BREAK_SPACE,
        (
            "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
            "січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд.",
            "понеділок вівторок середа четвер пʼятниця субота неділя",
            "пн вт ср чт пт сб нд",
        ),
        "ІСТИНА ХИБНІСТЬ",
        "dd.mm.yyyy",
    ),
    currency_symbol="₴",
    months_in_dates=_words("січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"),
)
_POLISH = replace(
    _european(
        "pl_PL",
        NO_BREAK_SPACE,
        (
            "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
            "sty lut mar kwi maj cze lip sie wrz paź lis gru",
            "poniedziałek wtorek środa czwartek piątek sobota niedziela",
            "pon. wt. śr. czw. pt. sob. niedz.",
        ),
        "PRAWDA FAŁSZ",
        "d.mm.yyyy",
    ),
    currency_symbol="zł",
    months_in_dates=_words(
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
    ),
)
_GERMAN = _european(
    "de_DE",
    ".",
    (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Mo Di Mi Do Fr Sa So",
    ),
    "WAHR FALSCH",
    "dd.mm.yyyy",
)
_FRENCH = _european(
    "fr_FR",
    NARROW_SPACE,
    (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lun. mar. mer. jeu. ven. sam. dim.",
    ),
    "VRAI FAUX",
)
_ITALIAN = _european(
    "it_IT",
    ".",
    (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "lun mar mer gio ven sab dom",
    ),
    "VERO FALSO",
)
_SPANISH = _european(
    "es_ES",
    ".",
    (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sept oct nov dic",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lun mar mié jue vie sáb dom",
    ),
    "VERDADERO FALSO",
)
_PORTUGUESE = _european(
    "pt_PT",
    ".",
    (
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "seg. ter. qua. qui. sex. sáb. dom.",
    ),
    "VERDADEIRO FALSO",
)
_EAST_ASIAN = replace(
    _ENGLISH,
    name="ja_JP",
    currency_symbol="¥",
    date_order="YMD",
    date="yyyy/mm/dd",
    time="h:mm:ss",
    months=tuple(f"{number}月" for number in range(1, 13)),
    months_short=tuple(f"{number}月" for number in range(1, 13)),
    weekdays=tuple(f"{day}曜日" for day in "月火水木金土日"),
    weekdays_short=tuple("月火水木金土日"),
)
_DOTTED = replace(
    _ENGLISH,
    decimal=",",
    group=NO_BREAK_SPACE,
    currency_symbol="€",
    currency_after=True,
    date_order="DMY",
    date="dd.mm.yyyy",
    time="hh:mm:ss",
)
"""The commonest European conventions, for languages whose names of months are not kept here (English stands in)."""

_BY_NAME: dict[str, Locale] = {
    known.name: known
    for known in (
        _ENGLISH, _BRITISH, _RUSSIAN, _UKRAINIAN, _POLISH, _GERMAN, _FRENCH, _ITALIAN, _SPANISH, _PORTUGUESE,
        _EAST_ASIAN,
        replace(_ENGLISH, name="en_CA", date_order="YMD", date="yyyy-mm-dd"),
        replace(_BRITISH, name="en_IN", currency_symbol="₹"),
        replace(_BRITISH, name="en_AU", currency_symbol="$"),
        replace(_BRITISH, name="en_NZ", currency_symbol="$"),
        replace(_BRITISH, name="en_IE", currency_symbol="€"),
        replace(_BRITISH, name="en_ZA", currency_symbol="R"),
        replace(_GERMAN, name="de_AT", currency_after=False),
        replace(_GERMAN, name="de_CH", decimal=".", group="’", currency_symbol="CHF", currency_after=False),
        replace(_FRENCH, name="fr_CA", date_order="YMD", date="yyyy-mm-dd", currency_symbol="$"),
        replace(_SPANISH, name="es_MX", decimal=".", group=",", currency_symbol="$", currency_after=False),
        replace(_SPANISH, name="es_AR", currency_symbol="$", currency_after=False),
        replace(_PORTUGUESE, name="pt_BR", currency_symbol="R$", currency_after=False),
        replace(_RUSSIAN, name="kk_KZ", currency_symbol="₸"),
        replace(_RUSSIAN, name="be_BY", currency_symbol="Br"),
        replace(_DOTTED, name="tr_TR", group=".", currency_symbol="₺", currency_after=False),
        replace(_DOTTED, name="nl_NL", group=".", currency_after=False, date="d-m-yyyy"),
        replace(_DOTTED, name="cs_CZ", currency_symbol="Kč"),
        replace(_DOTTED, name="sk_SK"),
        replace(_DOTTED, name="hu_HU", currency_symbol="Ft", date_order="YMD", date="yyyy.mm.dd"),
        replace(_DOTTED, name="ro_RO", group=".", currency_symbol="RON"),
        replace(_DOTTED, name="bg_BG", currency_symbol="лв."),
        replace(_DOTTED, name="el_GR", group=".", date="dd/mm/yyyy"),
        replace(_DOTTED, name="da_DK", group=".", currency_symbol="kr."),
        replace(_DOTTED, name="nb_NO", currency_symbol="kr"),
        replace(_DOTTED, name="fi_FI"),
        replace(_DOTTED, name="sv_SE", currency_symbol="kr", date_order="YMD", date="yyyy-mm-dd"),
        replace(_DOTTED, name="id_ID", group=".", currency_symbol="Rp", currency_after=False, date="dd/mm/yyyy"),
        replace(_DOTTED, name="vi_VN", group=".", currency_symbol="₫", date="dd/mm/yyyy"),
        replace(_EAST_ASIAN, name="zh_CN"),
        replace(_EAST_ASIAN, name="zh_TW", currency_symbol="$"),
        replace(_EAST_ASIAN, name="ko_KR", currency_symbol="₩", date="yyyy. m. d"),
        replace(_BRITISH, name="hi_IN", currency_symbol="₹"),
        replace(_BRITISH, name="he_IL", currency_symbol="₪"),
        replace(_BRITISH, name="th_TH", currency_symbol="฿"),
    )
}  # fmt: skip
SUPPORTED = words(
    """ar_EG az_AZ be_BY bg_BG bn_IN ca_ES cs_CZ cy_GB da_DK de_AT de_CH de_DE el_GR en_AU en_CA en_GB en_IE en_IN en_NZ
    en_PH en_US en_ZA es_AR es_BO es_CL es_CO es_EC es_ES es_MX es_PY es_UY es_VE fi_FI fil_PH fr_BE fr_CA fr_CH fr_FR
    gu_IN he_IL hi_IN hr_HR hu_HU hy_AM id_ID in_ID it_CH it_IT iw_IL ja_JP ka_GE kk_KZ kn_IN ko_KR lt_LT lv_LV ml_IN
    mn_MN mr_IN my_MM nb_NO nl_NL nn_NO no_NO pa_IN pl_PL pt_BR pt_PT ro_RO ru_RU sk_SK sl_SI sr_RS sv_SE ta_IN te_IN
    th_TH tl_PH tr_TR uk_UA vi_VN zh_CN zh_HK zh_TW"""
)
"""The locales that a spreadsheet can have: those of the countries that the editor's settings list, older codes too."""


def supported(name: str) -> bool:
    """Whether a spreadsheet can have a locale: a language alone, or a language and a country."""
    name = name.replace("-", "_")
    return name in SUPPORTED or any(one.partition("_")[0] == name for one in SUPPORTED)


_BY_LANGUAGE: dict[str, Locale] = {}
for _known in _BY_NAME.values():
    _BY_LANGUAGE.setdefault(_known.name[:2], _known)


@lru_cache(maxsize=128)
def locale(name: str) -> Locale:
    """The locale of a name such as `ru_RU`, `ru-RU` or `ru`.

    A country that is not kept falls back to its language, a language that is not kept to en_US, or to the commonest
    European conventions where it has a decimal comma; the name asked for is kept.
    """
    language, _, country = re.sub(r"[-_]+", "_", name.strip()).partition("_")
    comma = decimal_comma(name)
    other = _DOTTED if comma else _ENGLISH
    known = _BY_NAME.get(f"{language.lower()}_{country.upper()}") or _BY_LANGUAGE.get(language.lower(), other)
    if comma and known.decimal != ",":
        known = replace(known, decimal=",", group=".")
    elif not comma and known.decimal == ",":
        known = replace(known, decimal=".", group="’" if country.upper() in ("CH", "LI") else ",")
    return replace(known, name=name) if known.name != name else known
