"""Two people on one script, with jupyter-collaboration."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("jupyter_server_ydoc")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from ..conftest import Server
from .conftest import Lab, lab_settings, running

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("together")
    quick = "--YDocExtension.document_save_delay=0.2"
    with running(home, *lab_settings(home), quick) as server:
        yield server


def test_two_browsers_edit_one_script_and_see_the_same_results(
    together: Server, new_lab: Callable[..., Lab]
) -> None:
    ada, grace = new_lab(together), new_lab(together)
    ada.open("both.py", "1 + 1\nname = 'Ada'\nname\n", workspace="ada")
    grace.open("both.py", workspace="grace")
    ada.press("Control+Shift+Enter")
    for lab in (ada, grace):
        expect(lab.output(1)).to_have_text("2")
        expect(lab.output(3)).to_have_text("'Ada'")

    # What one writes the other has, and results stay on their statements in both.
    grace.press("Control+Home")
    grace.page.keyboard.type("# of Grace\n")
    for lab in (ada, grace):
        wait_for(lambda lab=lab: lab.text().startswith("# of Grace\n1 + 1\n"), "the text is there")
        expect(lab.output(4)).to_have_text("'Ada'")
        expect(lab.document.locator(".rdit-result[data-stale]")).to_have_count(0)

    grace.press("Control+End", "ArrowUp", "ArrowUp", "End")
    grace.page.keyboard.type(" + '!'")
    for lab in (ada, grace):
        wait_for(lambda lab=lab: "'Ada' + '!'" in lab.text(), "the edit is there")
    grace.press("Shift+Enter", "Shift+Enter")
    for lab in (ada, grace):
        expect(lab.output(4)).to_have_text("'Ada!'")
    sessions = together.ask("GET", "rdit/sessions")
    assert [one["path"] for one in sessions] == ["both.py"]

    # Undo takes back what one has written oneself.
    ada.focus()
    ada.press("Control+End")
    # At once: typed slowly it would be several edits to undo.
    ada.page.keyboard.insert_text("'of Ada'\n")
    wait_for(lambda: grace.text().endswith("'of Ada'\n"), "the text is there")
    ada.press("Control+z")
    for lab in (ada, grace):
        wait_for(lambda lab=lab: "of Ada" not in lab.text(), "it is taken back")
        assert "# of Grace" in lab.text()
    text = "# of Grace\n1 + 1\nname = 'Ada' + '!'\nname\n"
    file = together.root / "both.py"
    ada.press("Control+s")
    wait_for(lambda: file.read_text() == text, "the file is written")
