"""The documentation builds as a site, complete and without anything from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOADED_FROM_ELSEWHERE = re.compile(r"<(?:script|img|link rel=\"stylesheet\")[^>]*(?:src|href)=\"(https?:[^\"]+)")


def _pages(nav: list[Any]) -> Iterator[str]:
    for item in nav:
        found = next(iter(item.values())) if isinstance(item, dict) else item
        yield from _pages(found) if isinstance(found, list) else [found]


def test_every_page_is_in_the_navigation_and_the_site_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    (tmp_path / "sheets_agent").symlink_to(ROOT / "sheets_agent")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    nav = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]
    assert set(_pages(nav)) == {path.name for path in (ROOT / "docs").glob("*.md")}
    site = tmp_path / "build" / "site"
    assert 'id="sheets_agent.agent.SheetsAgent.run"' in (site / "python.html").read_text()
    for page in site.rglob("*.html"):
        assert not LOADED_FROM_ELSEWHERE.findall(page.read_text()), page
