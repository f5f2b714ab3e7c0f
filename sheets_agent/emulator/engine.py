"""Calculation: the entered cells of a workbook to effective values."""

from __future__ import annotations
