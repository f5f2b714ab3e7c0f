"""What runs the contract tests against a real Label Studio, with a stand-in for the server: it always stops it."""

import json
import os
import sys
import urllib.request
from pathlib import Path

import pytest
import with_label_studio

SERVER = """#!{python}
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
options = dict(zip(sys.argv[3::2], sys.argv[4::2]))
told = {{"pid": os.getpid(), "options": options, "flags": sys.argv, "env": dict(os.environ)}}
Path({told!r}).write_text(json.dumps(told))
if {broken}:
    sys.exit("no database")
class Healthy(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
HTTPServer((options["--internal-host"], int(options["--port"])), Healthy).serve_forever()
"""


class Stand:
    """The stand-in for the server, and what it was told."""

    def __init__(self, folder: Path, broken: bool = False) -> None:
        self._told = folder / "told.json"
        program = folder / "venv" / "bin" / "label-studio"
        program.parent.mkdir(parents=True)
        program.write_text(SERVER.format(python=sys.executable, told=str(self._told), broken=broken))
        program.chmod(0o755)
        (folder / f"installed-{with_label_studio.VERSION}").touch()

    @property
    def told(self) -> dict:
        return json.loads(self._told.read_text())

    @property
    def runs(self) -> bool:
        try:
            os.kill(self.told["pid"], 0)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_label_studio, "HOME", tmp_path)
    monkeypatch.setattr(with_label_studio.signal, "signal", lambda *_: None)


@pytest.mark.parametrize("code", [0, 1])
def test_the_tests_are_given_the_server_which_is_stopped_whatever_comes_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "of-somebody")
    stand = Stand(tmp_path)

    def tests(server: dict[str, str]) -> int:
        assert server["TEST_LABEL_STUDIO_TOKEN"] == stand.told["options"]["--user-token"]
        with urllib.request.urlopen(server["TEST_LABEL_STUDIO_URL"]) as answer:
            assert answer.status == 200
        return code

    assert with_label_studio.main(tests) == code
    assert not stand.runs
    assert stand.told["options"]["--internal-host"] == "127.0.0.1"
    assert len(stand.told["options"]["--user-token"]) == 40
    assert not Path(stand.told["options"]["--data-dir"]).exists()
    assert "--no-browser" in stand.told["flags"]
    assert "--enable-legacy-api-token" in stand.told["flags"]
    assert (stand.told["env"]["COLLECT_ANALYTICS"], stand.told["env"]["LATEST_VERSION_CHECK"]) == ("false", "false")
    assert "LABEL_STUDIO_API_KEY" not in stand.told["env"]


def test_a_server_that_does_not_start_is_said_with_its_last_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    stand = Stand(tmp_path, broken=True)
    assert with_label_studio.main(lambda server: 0) == 1
    assert "no database" in capsys.readouterr().err
    assert not stand.runs


def test_the_server_is_stopped_when_somebody_interrupts(tmp_path: Path):
    def interrupts(server: dict[str, str]) -> int:
        raise KeyboardInterrupt

    stand = Stand(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        with_label_studio.main(interrupts)
    assert not stand.runs
