"""The page in a real browser without a network: nothing fetched, nothing failing, usable by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

import sufficiency as sf
from browser import launched, opened
from packs import leeds

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = sf.report(leeds(), tmp_path_factory.mktemp("pack") / "board.html")
    assert isinstance(path, Path)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def wide(browser: Any, address: str) -> Iterator[Any]:
    with opened(browser, viewport={"width": 1280, "height": 900}) as page:
        page.goto(address)
        yield page


def violations(page: Any) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def test_nothing_is_fetched_and_nothing_fails(browser: Any, address: str) -> None:
    with opened(browser) as page:
        page.goto(address)
        page.locator("select").first.select_option(index=1)
        page.locator("summary").first.click()
        assert page.faults == []
        assert page.evaluate("performance.getEntriesByType('resource').length") == 0


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_axe_finds_nothing(browser: Any, address: str, width: int, script: bool) -> None:
    with opened(browser, viewport={"width": width, "height": 900}) as page:
        page.goto(address)
        if not script:  # As it is delivered, before the script folds tables away.
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert violations(page) == []


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (640, 2), (1280, 1)])
def test_the_page_does_not_scroll_sideways(browser: Any, address: str, width: int, zoom: int) -> None:
    # 200% zoom of a window of 1280 pixels is a window of 640 with twice the pixels.
    with opened(browser, viewport={"width": width, "height": 900}, device_scale_factor=zoom) as page:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.add_style_tag(content="html { font-size: 200% }") if zoom == 2 else None
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_reached_by_keyboard_and_shows_where_it_is(wide: Any) -> None:
    wide.reload()
    wanted = wide.locator("a[href], summary, select, [tabindex='0']").evaluate_all(
        "(all) => all.filter((each) => each.checkVisibility()).length"
    )
    reached: set[str] = set()
    for _ in range(wanted + 5):
        wide.keyboard.press("Tab")
        state = wide.evaluate(
            """() => { const e = document.activeElement, all = [...document.querySelectorAll('*')];
            const style = getComputedStyle(e);
            return [String(all.indexOf(e)), e.tagName, style.outlineStyle, parseFloat(style.outlineWidth)]; }"""
        )
        if state[1] != "BODY":
            reached.add(state[0])
            assert state[2] == "solid" and state[3] >= 2, state
    assert len(reached) == wanted


def test_a_question_is_answered_by_keyboard_with_what_the_table_says(wide: Any) -> None:
    wide.reload()
    answer = wide.locator("output")
    before = answer.inner_text()
    choice = wide.get_by_role("combobox", name="Option", exact=True)
    choice.focus()
    wide.keyboard.press("ArrowDown")
    assert answer.inner_text() != before and "400 new places" in answer.inner_text()
    wide.get_by_role("combobox", name="January", exact=True).select_option("2030")
    wide.get_by_role("combobox", name="Kind of need", exact=True).select_option("Autism and communication")
    cells = wide.evaluate(
        """() => [...document.querySelectorAll('table[data-keys] tbody tr')]
        .map((row) => [...row.cells].map((cell) => cell.textContent.trim()))
        .find((row) => row[0] === '400 new places' && row[1] === '2030' && row[2].startsWith('Autism'))"""
    )
    said = answer.inner_text()
    assert all(part in said for part in (cells[3], cells[4], cells[5])) and "January 2030" in said


def test_a_table_behind_a_picture_opens_by_keyboard(wide: Any) -> None:
    wide.reload()
    part = wide.locator("#places").locator("xpath=ancestor::section").locator("details")
    assert part.get_attribute("open") is None
    part.locator("summary").focus()
    wide.keyboard.press("Enter")
    assert part.locator("table").is_visible()


def test_without_script_everything_is_there(browser: Any, address: str) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(address)
        assert page.locator("form").count() == 0
        tables = page.locator("table")
        assert tables.count() == 11
        assert all(tables.nth(number).is_visible() for number in range(tables.count()))
        assert page.locator("table[data-keys] tbody tr").count() == 4 * 11 * 5


ORDER = """\
link Skip to the answer
heading 1
heading 2 The decision and the answer
heading 2 In five headlines
heading 3 How many children need a specialist place?
heading 3 How many places are short?
heading 3 What does “400 new places” change?
heading 3 Where do children without a place within reach live?
heading 3 What does it cost, and do places stand empty?
heading 2 Before you rely on this
navigation Parts of this report
heading 2
table Options at a glance, January 2035
heading 2 Every option, January and kind of need
combobox Option
combobox January
combobox Kind of need
heading 2
img As things stand
img 400 new places
img 400 new places, two years late
img More inclusion in mainstream
heading 2
table Chance that places of the right kind are short, in total
table The same by phase and kind of need, as things stand, 2035
heading 2
table Children who need a specialist place, by group of primary need
heading 2
img Map of planning areas, January 2035. Centre
table Children and places within reach, by planning area of home, as things stand
heading 2
img New plans
table One assumption changed at a time
heading 2
table Past projections of English authorities against what came
heading 2 What is not included, and what to know before using these figures
table What the model flags, for whoever checks it
heading 2
contentinfo
heading 2 How this was made
"""


def test_the_reading_order_is_that_of_a_board_paper(wide: Any) -> None:
    """Headings that say what is found vary with the figures: only their level is held."""
    wide.reload()
    heard = []
    fixed = {
        line.split(" ", 2)[2] for line in ORDER.splitlines() if line.startswith("heading") and line.count(" ") > 1
    }
    for line in wide.locator("body").aria_snapshot().splitlines():
        found = re.match(r'\s*- \'?(heading|navigation|table|combobox|img|contentinfo|link)(?: "(.*?)")?', line)
        if not found or (found[1] == "link" and "Skip" not in line):
            continue
        role, name = found[1], (found[2] or "").replace('\\"', '"')
        if role == "heading":
            level = re.search(r"level=(\d)", line)
            role = f"heading {level[1]}" if level else role
            name = name if name in fixed else ""
        if role in ("img", "table"):
            name = name.split(": ")[0]
        heard.append(f"{role} {name}".rstrip())
    assert heard == ORDER.splitlines()


def test_in_print_no_picture_or_row_is_cut_and_nothing_is_hidden(wide: Any) -> None:
    wide.reload()
    wide.emulate_media(media="print")
    wide.set_viewport_size({"width": 688, "height": 1016})  # A4 less margins of 14 mm, at 96 pixels an inch
    held = wide.locator("figure, tr, .answer, .headlines > li").evaluate_all(
        "(all) => all.map((e) => [getComputedStyle(e).breakInside, e.getBoundingClientRect().height])"
    )
    assert held and all(style.startswith("avoid") and height < 1016 for style, height in held)
    right = wide.locator("svg").evaluate_all(
        "(all) => Math.max(...all.map((e) => e.getBoundingClientRect().right))"
    )
    assert right <= 688
    assert wide.evaluate("document.documentElement.scrollWidth") <= 688
    wide.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert wide.locator("details:not([open])").count() == 0
    wide.emulate_media(media="screen")
    wide.set_viewport_size({"width": 1280, "height": 900})
    assert wide.pdf(prefer_css_page_size=True).startswith(b"%PDF")
