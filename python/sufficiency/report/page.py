"""The page of a set of projections: headlines first, then the sections in the order a board reads them."""

from __future__ import annotations

from collections.abc import Sequence

from sufficiency.plain import plain
from sufficiency.projection import Projection
from sufficiency.report.areas import areas_section
from sufficiency.report.asked import Figures, figures_of
from sufficiency.report.evidence import chances_section, needs_section, places_section
from sufficiency.report.headlines import answer, cautions, headlines, rests_on
from sufficiency.report.matters import limits_section, matters_section
from sufficiency.report.model import Page
from sufficiency.report.options import assumptions_section, lookup_section, options_section
from sufficiency.report.past import past_section


def page_of(
    runs: Sequence[Projection],
    title: str | None = None,
    *,
    profile: str = "public",
    reason: str | None = None,
) -> Page:
    """The page of projections, the first of which is what the others are compared with.

    Raises
    ------
    InputError
        If they differ by more than scenarios, or a reform comes in some of the futures of one of them.
    """
    return page_from(figures_of(runs, profile, reason), title)


def page_from(figures: Figures, title: str | None = None) -> Page:
    """The page of figures that were released."""
    source = _source(figures)
    named = plain(title) if title else f"Specialist places in {figures.place} to {figures.last}: are there enough?"
    sections = [
        options_section(figures),
        lookup_section(figures),
        places_section(figures, source),
        chances_section(figures),
        needs_section(figures),
        areas_section(figures, source),
        matters_section(figures),
        past_section(),
        limits_section(figures),
        assumptions_section(figures),
    ]
    return Page(
        named, answer(figures), headlines(figures), cautions(figures), sections, _made(figures),
        tuple(figures.release.values()), figures.watermark,
    )  # fmt: skip


def _source(figures: Figures) -> str:
    draws = int(figures.base.run.recipe["draws"])
    synthetic = (
        " Parts of the inputs are synthetic: see How this was made." if "ynthetic:" in sources_of(figures) else ""
    )
    return f"{draws:,} simulated futures under these assumptions.{synthetic}"


def sources_of(figures: Figures) -> str:
    """Which parts of the inputs are published, derived or synthetic."""
    inputs = figures.base.run.fitted._recipe.get("inputs")
    if inputs is None:
        return "Source: explicit tables."
    sources = inputs.sources().to_dict("records")
    if not sources:
        return "Source: the authority's own tables."
    kinds = [
        f"{status}: {', '.join(sorted({s['table'] for s in sources if s['status'] == status}))}"
        for status in ("published", "derived", "synthetic")
        if any(s["status"] == status for s in sources)
    ]
    said = "; ".join(kinds)
    return f"{said[:1].upper()}{said[1:]}."


def _made(figures: Figures) -> list[tuple[str, str]]:
    run = figures.base.run
    recipe = run.recipe
    lines = [
        ("Version", str(recipe["version"])),
        (
            "Simulated futures",
            f"{recipe['draws']:,}; {rests_on(figures) or 'every figure rests on all of them'}",
        ),
        ("Seed", str(recipe["seed"])),
        ("Fingerprint of the fitted model", run.fitted.fingerprint),
    ]
    lines += [(f"Digest of the results, {option.name}", option.run.digest) for option in figures.options]
    lines.append(("Published or synthetic", sources_of(figures)))
    lines.append(("Rounding", "Simulated figures to 5 under 100, else to 10; chances to one in ten."))
    lines.append(("Disclosure control", f"{'; '.join(figures.notes) or 'nothing is withheld'}."))
    return lines
