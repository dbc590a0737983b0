"""The cashier's guide on paper: one side for the counter, one for who installs."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Playwright

from tools.till_guide import print_guide

A4 = (595, 842)


@pytest.mark.browser
@pytest.mark.xdist_group("counter")
def test_the_cashiers_guide_is_one_sheet_with_the_four_screens_in_front(
    playwright: Playwright, tmp_path: Path
) -> None:
    print_guide(playwright, tmp_path / "caisse.pdf")
    front, back = pypdf.PdfReader(tmp_path / "caisse.pdf").pages
    for side in (front, back):
        assert (round(side.mediabox.width), round(side.mediabox.height)) == A4
        assert len(side.images) == 4
    said = front.extract_text()
    for word in ("Pour encaisser", "Bon valable", "Accepté", "À vérifier", "Refusé", "Pas de vert, pas d"):
        assert word in said
    assert "Pour installer et suivre" not in said and "Pour installer et suivre" in back.extract_text()
