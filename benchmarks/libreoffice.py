"""LibreOffice as a calculator: a workbook in, the same with every formula calculated out."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

PROGRAMS = ("soffice", "libreoffice")


def program() -> str | None:
    """Where LibreOffice is; None when it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class LibreOffice:
    """Converts files. Its profile lives in a folder of its own, so that a running LibreOffice is left alone."""

    def __init__(self, folder: Path) -> None:
        found = program()
        if found is None:
            raise FileNotFoundError("LibreOffice is not installed")
        self._program = found
        self._profile = folder / "profile"

    def calculated(self, path: Path, target: Path, *, seconds: float = 600) -> Path:
        """Open an .xlsx file, calculate what has no stored value, and save it as .xlsx in another folder."""
        with tempfile.TemporaryDirectory() as home:
            subprocess.run(
                [
                    self._program,
                    "--headless",
                    "--norestore",
                    f"-env:UserInstallation={self._profile.resolve().as_uri()}",
                    "--convert-to",
                    "xlsx:Calc MS Excel 2007 XML",
                    "--outdir",
                    str(target),
                    str(path),
                ],
                check=True,
                capture_output=True,
                timeout=seconds,
                env={"HOME": home, "PATH": "/usr/bin:/bin:/usr/local/bin"},
            )
        return target / path.name
