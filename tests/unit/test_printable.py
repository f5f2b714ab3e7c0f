from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.events import Note
from sheets_agent.logs import JsonLog
from sheets_agent.printable import clean, spelt_out

COMMANDS = "\x9b2J\x1b[8m\u202eevil\u2066\u200b\U000e0041\x7f"


@given(st.text())
def test_a_document_means_the_same_and_shows_all_of_itself(text: str) -> None:
    document = json.dumps({"cell": text}, ensure_ascii=False, indent=1)
    shown = spelt_out(document)
    assert json.loads(shown) == {"cell": text}
    assert all(sign.isprintable() or sign == "\n" for sign in shown)


def test_what_commands_a_terminal_becomes_blank() -> None:
    assert clean(f"a{COMMANDS}б — 7") == "a 2J [8m evil    б — 7"


def test_a_log_spells_out_what_is_not_seen() -> None:
    stream = io.StringIO()
    JsonLog(stream)(Note(f"The sheet {COMMANDS} is gone."))
    (line,) = stream.getvalue().splitlines()
    assert line.isprintable()
    assert json.loads(line)["text"] == f"The sheet {COMMANDS} is gone."
