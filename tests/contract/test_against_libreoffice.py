"""Random formulas have the values that LibreOffice gives them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from libreoffice import program
from random_formulas import Formulas, differences

SEED, FORMULAS = 20261121, 1500

pytestmark = pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")


def test_random_formulas_have_the_values_that_libreoffice_gives(tmp_path: Path) -> None:
    formulas = Formulas(SEED)
    assert [str(one) for one in differences([formulas.draw() for _ in range(FORMULAS)], tmp_path)] == []
