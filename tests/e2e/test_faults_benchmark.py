"""The quick variant of `benchmarks/faults.py`: nothing is lost, doubled or wrong while one request in five fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "faults.py"


def test_thirty_runs_on_a_bad_line(no_model_environment: None) -> None:
    command = [sys.executable, str(BENCHMARK), "--runs", "30", "--kills", "2", "--soak", "8", "--threads", "10"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    counted = dict(line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| "))
    assert [counted[f"{name} (goal 0)"] for name in ("lost", "doubled", "wrong", "untold", "crashed")] == ["0"] * 5
    assert int(counted["finished"]) + int(counted["resumed"]) >= 28
