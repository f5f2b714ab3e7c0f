"""Run the contract tests of Label Studio against a real server, which this installs, starts on loopback, and stops.

    python tests/with_label_studio.py [arguments for pytest]

The server has an environment of its own, .label-studio/, which is kept for the next time; its data are thrown away.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path
from types import FrameType

VERSION = "1.23.2"
ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".label-studio"
TESTS = (
    "tests/contract/test_label_studio.py",
    "tests/contract/test_label_studio_records.py",
    "tests/e2e/test_label_studio_runs.py",
)
SETTINGS = ("LABEL_STUDIO_", "DJANGO_", "POSTGRE_", "REDIS_")
"""What the variables begin with that would lead the server to somebody's data."""
PATIENCE = 600
"""Seconds that the server may take until it answers; its database is made anew each time."""


def contract_tests(server: dict[str, str]) -> int:
    """The exit code of the tests against a server that the environment names."""
    command = [sys.executable, "-m", "pytest", *TESTS, *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **server}, check=False).returncode


def main(tests: Callable[[dict[str, str]], int] = contract_tests) -> int:
    """The exit code of the tests, or 1 when the server could not be had."""
    signal.signal(signal.SIGTERM, _interrupted)
    program = installed()
    with tempfile.TemporaryDirectory(prefix="label-studio-") as data:
        token, port = secrets.token_hex(20), _free_port()
        log = HOME / "server.log"
        server = started(program, Path(data), token, port, log)
        try:
            if not answers(server, port):
                tell(f"Label Studio did not start; see {log}:")
                tell(log.read_text(encoding="utf-8", errors="replace")[-2000:])
                return 1
            return tests({"TEST_LABEL_STUDIO_URL": f"http://127.0.0.1:{port}", "TEST_LABEL_STUDIO_TOKEN": token})
        finally:
            stop(server)


def installed() -> Path:
    """The program of Label Studio, installed if it is not there."""
    binaries = HOME / "venv" / "bin"
    mark = HOME / f"installed-{VERSION}"
    if not mark.exists():
        tell(f"Installing Label Studio {VERSION} into {HOME.name}/ …")
        venv.create(HOME / "venv", with_pip=True, clear=True, symlinks=True)
        quiet = ["--quiet", "--disable-pip-version-check"]
        subprocess.run([binaries / "python", "-m", "pip", "install", *quiet, f"label-studio=={VERSION}"], check=True)
        mark.touch()
    return binaries / "label-studio"


def started(program: Path, data: Path, token: str, port: int, log: Path) -> subprocess.Popen[bytes]:
    """The server, which is starting, in a group of processes of its own."""
    tell(f"Starting Label Studio on port {port} …")
    options = {
        "--internal-host": "127.0.0.1",
        "--port": str(port),
        "--data-dir": str(data),
        "--username": "first@example.com",
        "--password": secrets.token_hex(16),
        "--user-token": token,
    }
    flat = [word for option in options.items() for word in option]
    others = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    env = {**others, "COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false"}
    with log.open("wb") as out:
        return subprocess.Popen(
            [program, "start", "--no-browser", *flat, "--enable-legacy-api-token"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
        )


def answers(server: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until it answers; False when it has ended, or takes too long."""
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with straight.open(f"http://127.0.0.1:{port}/health", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server with everything it has started."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, end)
            server.wait(timeout=20)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    server.wait()
    tell("Label Studio is stopped.")


def tell(text: str) -> None:
    """Say how far it is."""
    sys.stderr.write(f"{text}\n")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _interrupted(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
