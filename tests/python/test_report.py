"""The board report: one file that fetches nothing, whose sentences say what the numbers say."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import sufficiency as sf
from sufficiency.report.page import difference_words, dots, in_ten, page_of
from test_measures import PLACES, model

HOSTILE = "<script>alert(1)</script> & \u202e=cmd()"


OPENS = {"kind": "add_places", "site": "X", "opens": "2026-09", "reason": HOSTILE, "owner": "me"}


class Reader(HTMLParser):
    """Tags with attributes, and the text outside style and pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def runs(more: int, places: int = 10) -> list[sf.Projection]:
    """A small world, and the same with more places at one site."""
    fitted = model(places=PLACES | {"places": [places] * 4, "held_for_others": [0] * 4})
    scenario = sf.Scenario(
        name=HOSTILE,
        changes=[
            {
                "kind": "add_places",
                "site": "X",
                "places": more,
                "opens": "2026-09",
                "reason": HOSTILE,
                "owner": "me",
            }
        ],
    )
    options = {"to": 2031, "draws": 60, "seed": 1, "progress": False}
    return [sf.project(fitted, **options), sf.project(fitted, scenario=scenario, **options)]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = sf.report(runs(20), tmp_path_factory.mktemp("report") / "board.html")
    return Path(path).read_text(encoding="utf-8")


def test_one_file_that_fetches_and_runs_nothing(text: str) -> None:
    page = Reader(text)
    assert not page.all("script") and not page.all("iframe") and not page.all("img")
    named = [value for _, found in page.tags for key, value in found.items() if key in ("href", "src") and value]
    assert all(value.startswith(("#", "data:")) for value in named)
    assert not re.search(r"url\(|@import", text)
    assert HOSTILE not in text and "&lt;script&gt;" in text
    assert len(text.encode()) < 1_500_000


def test_a_reader_who_does_not_see_it_finds_the_way(text: str) -> None:
    page = Reader(text)
    assert page.all("html")[0]["lang"] == "en-GB" and len(page.all("h1")) == 1 and len(page.all("main")) == 1
    heads = page.all("th")
    assert heads and all(head.get("scope") in ("col", "row") for head in heads)
    assert len(page.all("caption")) == len(page.all("table"))
    pictures = [found for found in page.all("div") if found.get("role") == "img"]
    assert len(pictures) == 2 and all(found["aria-label"] for found in pictures)
    assert all(found.get("aria-hidden") == "true" for found in page.all("svg"))
    anchors = {found["id"] for _, found in page.tags if found.get("id")}
    assert {found["href"][1:] for found in page.all("a") if found["href"]} <= anchors


def test_titles_say_what_the_numbers_say() -> None:
    short, plenty = page_of(runs(20, places=1), None), page_of(runs(0, places=3000), None)
    assert "short in 2031" in short.sections[1].title and "fewer children wait" in short.sections[0].title
    assert "enough places in total in 2031" in plenty.sections[1].title
    assert "no option makes a clear difference" in plenty.sections[0].title
    assert any("places are enough" in line for line in plenty.headlines)
    assert any("short by about" in line for line in short.headlines)


def test_a_range_that_spans_zero_is_no_clear_difference() -> None:
    assert difference_words(pd.Series({"p10": -4.0, "p50": -1.0, "p90": 0.0})) == "no clear difference"
    assert "fewer" in difference_words(pd.Series({"p10": -40.0, "p50": -30.0, "p90": -20.0}))
    assert difference_words(pd.Series({"p10": 900.0, "p50": 1e3, "p90": 2e3}), "pounds").endswith("more")


def test_chances_in_words_and_dots() -> None:
    assert [in_ten(chance) for chance in (0.0, 0.04, 0.5, 0.97, 1.0)] == [
        "hardly ever",
        "about 1 in 10",
        "about 5 in 10",
        "about 9 in 10",
        "almost always",
    ]
    assert dots(0.25) == "●" * 5 + "○" * 15


def test_what_cannot_be_reported_is_refused(tmp_path: Path) -> None:
    both = runs(5)
    for given, name, slug in (
        ([], "a.html", "nothing-to-report"),
        (both, "a.doc", "unknown-ending"),
        ([both[0], sf.project(model(), to=2030, draws=60, seed=1)], "a.html", "unlike"),
    ):
        with pytest.raises(sf.InputError, match=slug):
            sf.report(given, tmp_path / name)
    assert not list(tmp_path.iterdir())
