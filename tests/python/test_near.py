"""Shares of children near home: by the nearest suitable site, and by their own planning area, worked out apart."""

from typing import Any

import numpy as np
import pytest

import sufficiency as sf
from oracle.places import Child, Seat, Site, placed_by_year, preference, read_provision
from oracle.provision import january
from oracle.words import draw_key
from test_oracle_places import generated

DRAWS = 2


def in_nearest(child: Child, seat: Seat, sites: list[Site], is_open: list[bool]) -> bool:
    """Whether the child's site is the nearest open one that admits the child, by the letter of the docstring."""
    suitable = [i for i in preference(child, sites) if is_open[i]]
    own = [i for i in suitable if sites[i].setting == child.setting] or suitable
    shortest = min((sites[i].travel[child.area] for i in own), default=None)
    return sites[seat.at].code in {sites[i].code for i in own if sites[i].travel[child.area] == shortest}


def shares(model: dict[str, Any], seed: int, draw: int) -> list[tuple[int, int]]:
    """Children in the nearest, and placed at all, of each January: of those placed, ages 0 to 25."""
    provision = read_provision(model)
    found = []
    for step, (children, seats) in enumerate(placed_by_year(provision, model, seed, draw)):
        of_draw = None if step == 0 else draw_key(seed, draw)
        is_open = [january(site, model["base_year"] + step, of_draw).open for site in provision.sites]
        placed = [
            (child, seats[child.identity]) for child in children if isinstance(seats[child.identity].at, int)
        ]
        near = sum(in_nearest(child, seat, provision.sites, is_open) for child, seat in placed)
        found.append((near, len(placed)))
    return found


def test_the_share_in_the_nearest_suitable_site_is_that_of_an_independent_step() -> None:
    met, partly = 0, 0
    for seed in range(60):
        model = generated(seed) | {"changes": []}
        explicit = {name: table for name, table in model.items() if name not in ("years", "changes")}
        to = model["base_year"] + model["years"]
        fitted = sf.Fitted.from_parameters(**explicit)
        run = sf.project(fitted, to=to, draws=DRAWS, seed=seed, keep="draws", progress=False)
        table = run.travel(within="nearest", ages=(0, 25)).set_index("year")["mean"]
        expected = [shares(model, seed, draw) for draw in range(DRAWS)]
        for step in range(model["years"] + 1):
            # Thousandths, rounded half up in each draw; 0 of nobody.
            parts = [
                (2_000 * near + n) // (2 * n) / 1_000 if n else 0.0 for near, n in (e[step] for e in expected)
            ]
            assert table[model["base_year"] + step] == pytest.approx(np.mean(parts), abs=1e-9), (seed, step)
            met += sum(n for _, n in (e[step] for e in expected))
            partly += sum(0 < near < n for near, n in (e[step] for e in expected))
    assert met > 1_000 and partly > 50, "the models must have children near and far"


@pytest.fixture(scope="module")
def base() -> sf.Projection:
    return sf.project(sf.fit(sf.sample("leeds")), to=2027, draws=8, seed=1, keep="draws", progress=False)


def test_the_share_in_the_own_planning_area_is_that_of_children_by_home_and_site(base: sf.Projection) -> None:
    inputs = sf.sample("leeds")
    areas = inputs.table("areas").set_index("area")["planning_area"]
    sites = inputs.table("sites").query("authority == @inputs.code").set_index("site")["area"]
    assert sites.isin(areas.index).all(), "every site of the authority says where it stands"
    placed = base.draws("placed", ["area", "site"])
    home = areas.loc[placed["area"].values].to_numpy()
    stands = sites.map(areas).reindex(placed["site"].values).to_numpy()
    own = (home[:, None] == stands[None, :])[None, None]
    near = (placed.transpose("draw", "year", "area", "site").to_numpy() * own).sum(axis=(2, 3))
    share = near / placed.sum(["area", "site"]).transpose("draw", "year").to_numpy()
    table = base.travel(within="planning_area")
    assert table["mean"].between(0.2, 0.8).all()
    np.testing.assert_allclose(table["mean"], share.mean(axis=0), atol=0.0005)


def test_shares_near_home_are_of_those_placed_and_split_by_anything(base: sf.Projection) -> None:
    for within in ("nearest", "planning_area"):
        by_area = base.travel("area", within=within)
        placed = base.placed("area")
        assert by_area["mean"].between(0, 1).all()
        assert (by_area["mean"][placed["mean"].eq(0)] == 0).all()
        assert "share of those placed" in by_area.attrs["unit"]


def test_what_cannot_be_asked_is_refused_with_the_way_out(base: sf.Projection) -> None:
    with pytest.raises(sf.InputError, match="within must be nearest or planning_area, got moon"):
        base.travel(within="moon")
    with pytest.raises(sf.InputError, match="give within or beyond, not both"):
        base.travel(within="nearest", beyond=5)
    model = generated(3)
    explicit = {name: table for name, table in model.items() if name not in ("years", "changes")}
    bare = sf.Fitted.from_parameters(**explicit)
    run = sf.project(bare, to=model["base_year"] + 1, draws=2, seed=1, progress=False)
    with pytest.raises(sf.InputError, match="no planning areas"):
        run.travel(within="planning_area")


def test_released_shares_near_home_are_withheld_and_rounded_as_ratios(base: sf.Projection) -> None:
    shown = sf.release({"near": base.travel("area", within="nearest")}, base)["near"]
    figures = shown.figures()["mean"].dropna()
    few = base.placed("area").query("year == 2025 and mean < 10")["area"]
    assert len(few) and (shown.table[shown.table["area"].isin(few)]["mean"].isin(["c", "z"])).all()
    assert len(figures) and np.allclose(figures * 20, np.round(figures * 20)), "steps of five hundredths"
