"""The board report: its sentences say what the numbers say, and what cannot be reported is refused."""

from __future__ import annotations

import dataclasses
import functools
import io
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import typst

import sufficiency as sf
from makers.past import PAGE, past
from packs import OPTIONS, opening, small
from sufficiency import cli
from sufficiency.plots.theme import GREY
from sufficiency.report import ENDINGS, charts
from sufficiency.report.model import Difference, Headline, Page, Section
from sufficiency.report.page import page_of
from sufficiency.report.pairs import MEASURES, short_runs
from sufficiency.report.pairs import difference as paired_difference
from sufficiency.report.past import past_caution, past_section
from sufficiency.report.say import UNCLEAR, difference, dots, in_ten, money
from sufficiency.report.verdict import verdict, verdict_sentence, verdict_title
from sufficiency.report.writers import written
from sufficiency.tables import MEASURES as MEASURES_OF_TABLES
from sufficiency.words import about
from test_measures import PLACES, model


def section(page: Page, anchor: str) -> Section:
    return next(each for each in page.sections if each.anchor == anchor)


def texts(page: Page) -> list[str]:
    """Every sentence and title."""
    heads: list[Headline] = page.headlines
    said = [*page.answer, *page.cautions, *(line for head in heads for line in head.says)]
    return said + [line for part in page.sections for line in [part.title, *part.says, part.caption]]


@pytest.fixture(scope="module")
def page() -> Page:
    return page_of(small(20))


@pytest.mark.parametrize("seed", range(300))
def test_a_verdict_is_what_its_draws_say(seed: int) -> None:
    """Generated shortfalls, from plenty to want: the words follow from the share of draws over a class."""
    chance = np.random.default_rng(seed)
    draws = np.maximum(chance.normal(chance.uniform(-60, 80), chance.uniform(1, 60), 400), 0).round()
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9])
    over = float((draws > 10).mean())
    row = pd.Series({"p10": low, "p50": middle, "p90": high, "p_over_10": over})
    said = f"{verdict_title(row, 2035)}. {verdict_sentence(row, 2035)}"
    if over >= 0.9:
        assert verdict(row) == "short" and "Places are short in 2035" in said and about(middle) in said
        assert low > 10  # so a class is missing over the whole range that the sentence gives
    elif over <= 0.1:
        assert verdict(row) == "enough" and "There are enough places" in said and "short" not in said
        assert high <= 10
    else:
        assert verdict(row) == "unclear" and said.count("unclear") == 2
    assert " will " not in said


WORLDS = {
    "No.": [(1, 0), (8, 60), (14, 0), (18, 12), (40, 60), (600, 1)],
    "It is unclear.": [(700, 0), (720, 60), (800, 12)],
    "Yes.": [(1_500, 0), (3_000, 12)],
}
"""Places at each of four sites and places added, by what the answer must be."""


@pytest.mark.parametrize(
    ("first", "places", "more"), [(a, *world) for a, worlds in WORLDS.items() for world in worlds]
)
def test_every_sentence_of_a_generated_pack_is_true(first: str, places: int, more: int) -> None:
    """Small worlds with few or many places, one or two options: sentences against the draws themselves."""
    fitted = model(places=PLACES | {"places": [places] * 4, "held_for_others": [0] * 4})
    n_options = 1 + places % 4 // 2
    runs = [
        sf.project(fitted, keep="draws", scenario=scenario, **OPTIONS)
        for scenario in (None, opening(more, "One"), opening(2, "Two"))[: 1 + n_options]
    ]
    page = page_of(runs)
    short = [run.draws("shortfall").sel(year=2031).values for run in runs]
    now = (short[0] > 10).mean()
    assert first == {True: "No.", False: "Yes." if now <= 0.1 else "It is unclear."}[now >= 0.9]
    assert page.answer[0].startswith(first)
    if now >= 0.9:
        assert f"about {about(float(np.quantile(short[0], 0.5)))} children" in page.answer[0]
    fallen = {}
    for name, of in zip(("One", "Two"), short[1:], strict=False):
        low, middle, high = np.quantile(of - short[0], [0.1, 0.5, 0.9])
        if high < 0:
            fallen[name] = middle
    if fallen:
        assert page.answer[1].startswith(f"“{min(fallen, key=lambda name: fallen[name])}” means about ")
    else:
        assert re.match("None of the options makes a clear|“One” makes no clear", page.answer[1])
    table = section(page, "options").tables[0]
    for row, run in zip(table.rows[1:], runs[1:], strict=True):
        for cell, measure in zip(row[4:], ("waiting", "independent", "cost"), strict=True):
            changed = (run.draws(measure) - runs[0].draws(measure)).sel(year=2031).values
            low, high = np.quantile(changed, [0.1, 0.9])
            assert (cell.text == UNCLEAR) == (low <= 0 <= high), (measure, low, high)
            assert ("fewer" in cell.text or "less" in cell.text) == (high < 0)
    before = runs[0].draws("waiting")
    fall = [np.quantile((run.draws("waiting") - before).sel(year=2031), 0.9) < 0 for run in runs[1:]]
    waiting = [name for name, falls in zip(("One", "Two"), fall, strict=False) if falls]
    assert ("fewer children wait with" in section(page, "options").title) == bool(waiting)
    assert all(f"“{name}”" in section(page, "options").title for name in waiting)
    assert not [line for line in texts(page) if " will " in line]


def test_differences_of_kept_draws_are_those_of_a_comparison() -> None:
    base, option = small(20)
    kept = short_runs([base, option])
    for measure in MEASURES:
        table = paired_difference(*kept, measure)
        other = getattr(sf.compare(base, option, progress=False), measure)()
        for column in ("mean", "p10", "p50", "p90", "p_below_zero"):
            np.testing.assert_allclose(table[column], other[column], atol=1e-9, err_msg=measure)


def test_five_headlines_then_the_sections_in_a_board_s_order(page: Page) -> None:
    assert len(page.headlines) == 5 and len(page.answer) == 3
    assert [part.label for part in page.sections] == [
        "Options at a glance", "Look it up", "Need against places", "Chance there are not enough", "Which needs",
        "Which areas", "What matters most", "Past projections", "What is not included", "Assumptions",
    ]  # fmt: skip
    assert dict(page.made)["Seed"] == "1"
    assert any(name.startswith("Digest") for name, _ in page.made)
    reasons = section(page, "assumptions").tables[0].rows[0]
    assert [cell.text for cell in reasons][-2:] == ["needed", "me"]


def test_no_table_crosses_small_areas_with_needs(page: Page) -> None:
    for part in page.sections:
        for table in part.tables:
            heads = " ".join(table.heads).lower()
            assert not ("area" in heads and "need" in heads.replace("need a place", ""))


def test_chances_in_words_and_dots() -> None:
    assert [in_ten(chance) for chance in (0.0, 0.04, 0.5, 0.97, 1.0)] == [
        "hardly ever",
        "about 1 in 10",
        "about 5 in 10",
        "about 9 in 10",
        "almost always",
    ]
    assert dots(0.25) == "●" * 5 + "○" * 15


def test_a_range_that_spans_zero_is_no_clear_difference() -> None:
    assert difference(pd.Series({"p10": -4.0, "p50": -1.0, "p90": 0.0})) == UNCLEAR
    assert "fewer" in difference(pd.Series({"p10": -40.0, "p50": -30.0, "p90": -20.0}))
    assert "more" in money(pd.Series({"p10": 900.0, "p50": 1e3, "p90": 2e3}))
    assert Difference(pd.Series({"p10": -1.0, "p50": 0.0, "p90": 1.0})).parts["in words"] == UNCLEAR


def test_the_scores_of_the_report_are_those_of_the_published_back_test() -> None:
    shipped = Path(sf.__file__).parent / "report" / "past.csv"
    assert shipped.read_text(encoding="utf-8") == past(PAGE.read_text(encoding="utf-8")), (
        "run: python -m makers.past"
    )
    said, page = past_section().says[0], PAGE.read_text(encoding="utf-8")
    assert "100 authorities with complete totals; origins 2017 to 2021;" in page
    assert "2017, 2018, 2019, 2020 and 2021 in 100 English authorities" in said
    assert "from January 2022 and 2023, to January 2024," in said and "What came to January 2024." in page


def test_poor_past_ranges_are_said_on_page_one(page: Page) -> None:
    assert set(past_caution()) <= set(page.cautions)
    scores = pd.DataFrame(
        {"part": ["total", "11-15", "special"], "horizon": [1, 3, 2], "bias": [0.0, -7.4, 1.0],
         "cover_80": [0.85, 0.61, 0.69]}
    )  # fmt: skip
    (said,) = past_caution(scores)
    assert "about 6 in 10 for ages 11 to 15 three years ahead" in said
    assert "about 7 in 10 for state special schools two years ahead" in said
    assert "More children came than the middle said: ages 11 to 15 three years ahead." in said
    assert "all plans" not in said
    (said,) = past_caution(scores[scores["part"] == "special"])
    assert "More children" not in said
    assert past_caution(scores[scores["part"] == "total"]) == []


def test_a_reform_is_never_blended() -> None:
    regime = {
        "kind": "regime", "name": "Reform", "weight": 0.5, "rate": "new_plans", "factor": 0.5, "from": 2028,
        "reason": "r", "owner": "o",
    }  # fmt: skip
    base = sf.project(model(), **OPTIONS)
    half = sf.project(model(), scenario=sf.Scenario("May come", [regime]), **OPTIONS)
    with pytest.raises(sf.InputError, match="blended-reform"):
        page_of([base, half])
    whole = sf.project(model(), scenario=sf.Scenario("Comes", [regime | {"weight": 1.0}]), **OPTIONS)
    limits = section(page_of([base, whole]), "limits").says
    assert not any("No national reform" in line for line in limits)


def test_what_cannot_be_reported_is_refused(tmp_path: Path) -> None:
    both = small(5)
    for given, name, slug in (
        ([], "a.html", "nothing-to-report"),
        (both, "a.doc", "unknown-ending"),
        ([both[0], sf.project(model(), to=2030, draws=60, seed=1)], "a.html", "unlike"),
        ([sf.project(model(), to=2030, seed=1, expectation=True)], "a.html", "expectation"),
    ):
        with pytest.raises(sf.InputError, match=slug):
            sf.report(given, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_path_decides_what_is_written(tmp_path: Path) -> None:
    runs = small(5)
    assert sf.report(runs, tmp_path / "one.html") == tmp_path / "one.html"
    made = sf.report(runs, [tmp_path / "a.xlsx", tmp_path / "b.pdf"])
    assert made == [tmp_path / "a.xlsx", tmp_path / "b.pdf"]
    made = sf.report(runs, tmp_path / "pack")
    assert [path.name for path in made] == ["board.html", "board.pdf", "board.xlsx"]
    assert all(path.stat().st_size < 1_500_000 for path in made)


def test_the_command_line_names_the_files_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [str(run.save(tmp_path / name)) for run, name in zip(small(5), ("base", "more"), strict=True)]
    with pytest.raises(SystemExit) as left:
        cli.main(["report", *folders, "--out", str(tmp_path / "pack")])
    assert not left.value.code
    assert capsys.readouterr().out.split() == [str(tmp_path / "pack" / f"board{ending}") for ending in ENDINGS]


def test_a_restricted_report_has_a_reason_and_says_so_everywhere(tmp_path: Path) -> None:
    runs = small(5)
    with pytest.raises(sf.InputError, match="no-reason"):
        sf.report(runs, tmp_path / "a.html", profile="restricted")
    page = page_of(runs, profile="restricted", reason="placement panel")
    assert "placement panel" in page.watermark
    assert f'role="note">{page.watermark}<' in written(page, ".html").decode()
    book = openpyxl.load_workbook(io.BytesIO(written(page, ".xlsx")))
    assert any(page.watermark == cell.value for row in book["Cover"].iter_rows() for cell in row)
    assert page_of(runs).watermark == ""


def test_figures_of_areas_pass_release_before_a_page_sees_them() -> None:
    """Base-year figures by planning area are rounded to 5: a page made of unreleased tables would show counts."""
    inputs = sf.sample("leeds")
    page = page_of([sf.project(sf.fit(inputs), to=2027, draws=20, seed=1, progress=False)])
    areas = section(page, "areas")
    values = [cell.value for row in areas.tables[0].rows for cell in row[1:2]]
    assert len(values) == 6 and all(value % 5 == 0 for value in values)


def test_a_pdf_needs_no_font_of_the_system(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typst, "compile", functools.partial(typst.compile, ignore_system_fonts=True))
    content = written(page, ".pdf")
    assert content.startswith(b"%PDF") and b"pdfuaid" in content


def test_a_pdf_without_a_text_alternative_is_not_written(page: Page) -> None:
    bare = dataclasses.replace(page.sections[2].figures[0], alternative="")
    part = dataclasses.replace(page.sections[2], figures=[bare])
    with pytest.raises(typst.TypstError, match="alt"):
        written(dataclasses.replace(page, sections=[part]), ".pdf")


def test_only_one_file_of_the_report_asks_projections_for_tables() -> None:
    """Sections see released figures: a table asked for elsewhere would pass by disclosure control."""
    asks = re.compile(rf"\.(?:{'|'.join(MEASURES_OF_TABLES)}|share)\(")
    folder = Path(sf.__file__).parent / "report"
    found = {path.name for path in folder.glob("*.py") if asks.search(path.read_text(encoding="utf-8"))}
    # Beside it, the mean path with an assumption moved, which is released with the rest.
    assert found == {"asked.py", "stresses.py"}


def test_the_same_projections_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        sf.report(small(5), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def luminance(colour: str) -> float:
    """Relative luminance of a colour, as the accessibility guidelines define it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_of_pictures_can_be_told_apart() -> None:
    """3 to 1 for what is drawn, 4.5 to 1 for letters, on white and on the band below them (WCAG 1.4.3, 1.4.11)."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert all(contrast(colour, "#FFFFFF") >= 3 for colour in charts.LINES.values())
    for ground in ("#FFFFFF", *charts.FILLS.values()):
        assert all(contrast(colour, ground) >= 4.5 for name, colour in charts.LETTERS.items() if name != "quiet")
    assert contrast(charts.LETTERS["quiet"], "#FFFFFF") >= 4.5
    # A fill is pale, so each has an edge that is not.
    assert contrast(charts.LINES["band edge"], charts.FILLS["band"]) >= 3
    assert contrast(charts.LINES["middle"], charts.FILLS["band"]) >= 3


def test_a_picture_uses_only_colours_that_were_tested(page: Page) -> None:
    known = {*charts.LINES.values(), *charts.LETTERS.values(), *charts.FILLS.values()}
    known = {colour.lower() for colour in known} | {"#fff", "#ffffff", "white", "none", "transparent"}
    known |= {GREY.lower(), "#e3e6e8"}  # grid and axis lines, which carry no meaning
    for part in page.sections:
        for figure in part.figures:
            used = {found.lower() for found in re.findall(r'(?:fill|stroke)="([^"]+)"', figure.svg)}
            assert used <= known, used - known


def test_letters_in_pictures_are_as_large_as_the_text(page: Page) -> None:
    for part in page.sections:
        for figure in part.figures:
            sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', figure.svg)]
            assert sizes and min(sizes) >= 14
            width = re.search(r'viewBox="0 0 ([\d.]+)', figure.svg)
            assert width and float(width[1]) <= 320
