"""The allocation of the oracle, against answers worked out by hand."""

from typing import Any

import pytest

from .model_sites import random_model_with_sites
from .places import INDEPENDENTLY, WAITING, Places, Provision, Seat, phase, placed_by_year, read_provision
from .provision import INDEPENDENT, OURS, Figure, Opening, Site, admitted, january, whole
from .step import Child, Year
from .words import draw_key

BASE = 2024
NEEDS = ["ASD", "MLD", "SEMH"]
MODEL = {"areas": ["A", "B"], "needs": NEEDS, "settings": ["mainstream", "nmss", "resourced", "special"]}


def site(code: str, places: int | dict[int, int] = 10, **given: Any) -> Site:
    by_year = places if isinstance(places, dict) else {BASE: places}
    return Site(
        code=code,
        part=given.get("part", ""),
        setting=given.get("setting", "special"),
        needs=set(given.get("needs", NEEDS)),
        age_from=given.get("age_from", 0),
        age_to=given.get("age_to", 25),
        tolerance=given.get("tolerance", 0.0),
        in_authority=given.get("in_authority", True),
        travel=given.get("travel", {"A": 1.0, "B": 1.0}),
        figures={"commissioned": [Figure(y, n, given.get("held", 0)) for y, n in by_year.items()]}
        | given.get("figures", {}),
        openings=given.get("openings", []),
    )


def child(identity: int, age: int = 7, need: str = "ASD", setting: str = "special", area: str = "A") -> Child:
    return Child(identity, area, age, need, setting)


def places(sites: list[Site], share: float = 0.0, returning: float = 0.0, **given: Any) -> Places:
    overflow = {(p, need): share for p in map(phase, range(26)) for need in NEEDS}
    return Places(Provision(sites, given.get("occupied"), overflow, returning), MODEL)


def after(held: Places, children: list[Child], t: int) -> list[int | str]:
    """Where the children are after the allocation of year t."""
    held.allocate(children, Year(BASE + t, draw_key(1, 0), [], NEEDS, None, {}, None))  # type: ignore[arg-type]
    return [held.seats[c.identity].at for c in children]


@pytest.mark.parametrize(("of_x", "expected"), [(0, [1, 0, 0, 0, 0, 0]), (1, [0, 1, 1, 1, 1, 1])])
def test_a_place_more_can_leave_more_without_a_place_in_later_years(of_x: int, expected: list[int]) -> None:
    """The counterexample of kept places: with a place at X, C keeps Y, which B alone cannot do without.

    Priority is A, B, C: A and B are at a phase transfer when they come, C has waited at most.
    """
    x = site("X", of_x, needs=["MLD"])
    y = site("Y", 1, travel={"A": 2.0, "B": 2.0})
    z = site("Z", {BASE: 0, BASE + 1: 1}, needs=["ASD"], travel={"A": 3.0, "B": 3.0})
    held = places([x, y, z])
    unmet = []
    for t in range(6):
        present = [child(3, age=5 + t, need="ASD")]
        present += [child(1, age=11, need="MLD")] if t == 0 else [child(2, age=3 + t, need="SEMH")]
        unmet.append(after(held, present, t).count(WAITING))
    assert unmet == expected


def test_places_are_kept_above_the_number_and_nobody_is_admitted_there() -> None:
    held = places([site("X", {BASE: 3, BASE + 1: 1})])
    three = [child(i) for i in (1, 2, 3)]
    assert after(held, three, 0) == [0, 0, 0]
    assert after(held, [*three, child(4)], 1) == [0, 0, 0, WAITING]
    assert after(held, [three[0], child(4)], 2) == [0, WAITING]
    assert after(held, [child(4)], 3) == [0]


def test_phase_transfer_goes_before_waiting_and_waiting_before_luck() -> None:
    held = places([site("X", {BASE: 0, BASE + 2: 1, BASE + 3: 2})])
    waiters = [child(1, age=8), child(2, age=10)]
    after(held, waiters[:1], 0)
    assert after(held, waiters, 1) == [WAITING, WAITING]
    assert [held.seats[i].waited for i in (1, 2)] == [2, 1]
    assert after(held, [*waiters, child(3, age=11)], 2) == [WAITING, WAITING, 0]
    assert after(held, [*waiters, child(3, age=12)], 3) == [0, WAITING, 0]
    assert [held.seats[i].waited for i in (1, 2, 3)] == [0, 3, 0]


def test_tier_then_travel_then_order() -> None:
    sites = [
        site("far", travel={"A": 9.0}),
        site("near", travel={"A": 3.0}),
        site("outside", setting="resourced", travel={"A": 0.0}, in_authority=False),
        site("twin", travel={"A": 3.0}),
        site("unit", setting="resourced", travel={"A": 0.0}),
    ]
    order = []
    for closed in range(5):
        held = places(sites)
        for name in order:
            sites[name].figures = {}
        at = after(held, [child(1)], 0)[0]
        order.append(at)
        assert closed < 4 or at == WAITING
    assert order == [1, 3, 0, 4, WAITING]


def test_a_review_to_another_setting_gives_the_seat_up() -> None:
    held = places([site("S"), site("U", setting="resourced")], returning=1.0)
    assert after(held, [child(1)], 0) == [0]
    assert after(held, [child(1, setting="resourced")], 1) == [1]
    assert after(held, [child(1, setting="mainstream")], 2) == ["none"]
    assert after(held, [child(1, setting="nmss")], 3) == [INDEPENDENTLY]
    assert after(held, [child(1, setting="special")], 4) == [0]


def test_a_child_of_an_independent_school_returns_only_at_a_transfer_and_never_to_waiting() -> None:
    held = places([site("S", {BASE: 0, BASE + 1: 1})], share=1.0, returning=1.0)
    assert after(held, [child(1, age=9)], 0) == [INDEPENDENTLY]
    assert after(held, [child(1, age=10)], 1) == [INDEPENDENTLY]
    assert after(held, [child(1, age=11)], 2) == [0]
    assert after(held, [child(1, age=12), child(2, age=11)], 3) == [0, INDEPENDENTLY]
    held.provision.overflow = dict.fromkeys(held.provision.overflow, 0.0)
    assert after(held, [child(1, age=13), child(2, age=16)], 4) == [0, INDEPENDENTLY]


def test_a_child_goes_on_to_the_next_part_of_its_site() -> None:
    primary = site("X", 1, part="a", age_from=4, age_to=10)
    secondary = site("X", 1, part="b", age_from=11, age_to=15)
    held = places([primary, secondary])
    assert after(held, [child(1, age=10), child(2, age=14)], 0) == [0, 1]
    assert after(held, [child(1, age=11), child(2, age=15)], 1) == [1, 1]
    assert after(held, [child(1, age=16), child(2, age=15)], 2) == [WAITING, 1]


def test_base_seats_by_rule() -> None:
    sites = [site("far", 1, travel={"A": 5.0}), site("near", 1), site("unit", 9, setting="resourced")]
    held = places(sites)
    children = [child(i, age=i) for i in (9, 8, 7)] + [
        child(4, setting="mainstream"),
        child(5, setting="nmss"),
        child(26, age=26),
    ]
    held.seat_base(children, BASE)
    assert [held.seats[i].at for i in (7, 8, 9, 4, 5, 26)] == [1, 0, 1, "none", INDEPENDENTLY, INDEPENDENTLY]


def test_base_seats_as_occupied() -> None:
    sites = [site("S", 1, travel={"A": 5.0, "B": 1.0}), site("U", 1, setting="resourced")]
    occupied = [
        {"site": "U", "age": 7, "need": "ASD", "plans": 1},
        {"site": "S", "age": 7, "need": "ASD", "plans": 2},
    ]
    held = places(sites, occupied=occupied)
    children = [child(1), child(2, area="B"), child(3), child(4), child(5, setting="resourced"), child(6, age=8)]
    held.seat_base(children, BASE)
    assert [held.seats[i].at for i in range(1, 7)] == [0, 0, WAITING, WAITING, 1, WAITING]


def test_places_are_the_lower_count_less_those_held() -> None:
    physical = {"physical": [Figure(BASE - 3, 12, 5), Figure(BASE + 1, 7, 5)]}
    s = site("X", {BASE: 9}, held=2, tolerance=0.3, figures=physical)
    assert [january(s, BASE + t, 1).places for t in (-2, 0, 1)] == [7, 7, 5]
    assert [january(s, BASE + t, 1).limit for t in (-2, 0, 1)] == [9, 9, 6]
    assert not january(s, BASE - 4, 1).open
    assert whole(30, 0.1) == 3 and whole(60, 0.67) == 40


def test_an_opening_by_shares_by_entry_years_and_after_a_closure() -> None:
    autumn = Opening(BASE, 9, 60, [0.34, 0.67, 1.0])
    s = site("X", openings=[autumn], figures={"commissioned": []})
    assert [january(s, BASE + t, 1).places for t in range(5)] == [0, 20, 40, 60, 60]
    assert january(s, BASE + 1, None).places == 0
    entry = Opening(BASE + 1, 1, 16, None)
    s = site("X", age_from=3, age_to=10, openings=[entry], figures={"commissioned": []})
    assert [january(s, BASE + t, 1).places for t in range(4)] == [0, 4, 6, 8]
    assert [january(s, BASE + t, 1).may_enter for t in (0, 1, 2)] == [set(), {3, 4}, {3, 4, 5}]
    s = site("X", {BASE: 5, BASE + 2: 0}, openings=[autumn, Opening(BASE + 1, 9, 8, [1.0])])
    assert [january(s, BASE + t, 1).places for t in range(4)] == [5, 25, 8, 8]


def test_delays_have_their_shares_and_move_the_opening() -> None:
    late = Opening(BASE, 9, 10, [0.5, 1.0], [(0, 0.6), (1, 0.3), (3, 0.1)])
    s = site("X", openings=[late], figures={"commissioned": []})
    seen = [tuple(january(s, BASE + t, draw_key(5, d)).places for t in range(1, 6)) for d in range(3000)]
    expected = {(5, 10, 10, 10, 10): 0.6, (0, 5, 10, 10, 10): 0.3, (0, 0, 0, 5, 10): 0.1}
    assert set(seen) == set(expected)
    for path, share in expected.items():
        assert abs(seen.count(path) - 3000 * share) < 4 * (3000 * share * (1 - share)) ** 0.5


def test_a_compound_need_admits_children_of_each_of_its_needs() -> None:
    assert admitted("ASD+SLD;SEMH", ["ASD", "SLD", "SEMH"]) == {"ASD", "SLD", "SEMH"}
    assert admitted("ASD+SLD;SEMH", ["ASD", "ASD+SLD", "SEMH"]) == {"ASD+SLD", "SEMH"}


def test_a_seat_waits_no_longer_than_255_years() -> None:
    held = places([])
    held.seats = {1: Seat(WAITING, 254, "special")}
    for t, waited in enumerate((255, 255)):
        after(held, [child(1)], t)
        assert held.seats[1].waited == waited


@pytest.mark.parametrize("seed", range(20))
def test_every_child_has_the_seat_of_its_requirement_and_nobody_is_admitted_above_the_limit(seed: int) -> None:
    model = random_model_with_sites(seed)
    provision = read_provision(model)
    before: dict[int, int | str] = {}
    for t, (children, seats) in enumerate(placed_by_year(provision, model, 3, seed)):
        now = {c.identity: seats[c.identity].at for c in children}
        standing = [january(s, model["base_year"] + t, draw_key(3, seed)) for s in provision.sites]
        for c in children:
            at = now[c.identity]
            assert (c.setting in OURS) == (at != "none") or (c.setting in INDEPENDENT and at == INDEPENDENTLY)
            if isinstance(at, int) and t > 0:
                assert provision.sites[at].admits(c.need, c.age) and standing[at].open
        for i, here in enumerate(standing if t > 0 else []):
            roll = [identity for identity, at in now.items() if at == i]
            code = provision.sites[i].code
            seated = {j: at for j, at in before.items() if isinstance(at, int)}
            stayed = [j for j in roll if j in seated and provision.sites[seated[j]].code == code]
            assert len(roll) <= here.limit or len(roll) == len(stayed)
        before = now
