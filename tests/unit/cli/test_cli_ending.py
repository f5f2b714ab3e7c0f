"""Ending `sheets-agent emulator` while no Python runs, as in a long calculation."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BUSY = """
from sheets_agent.cli.emulator import _asked_to_end
_asked_to_end()
print("ready", flush=True)
sum(range(10**12))  # in C, from where nobody looks at signals
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Python has to come to the second signal itself")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_the_process_at_once(number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        while signal_pending(process.pid, number):
            time.sleep(0.01)
        assert process.poll() is None  # the first one waits
        process.send_signal(number)
        assert process.wait(timeout=60) == -number
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def signal_pending(pid: int, number: int) -> bool:
    """Whether the system has not yet handed a signal to a process."""
    with Path(f"/proc/{pid}/status").open() as status:
        masks = [int(line.split()[1], 16) for line in status if line.startswith(("SigPnd", "ShdPnd"))]
    return any(mask >> (number - 1) & 1 for mask in masks)
