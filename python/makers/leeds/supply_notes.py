"""The part of README.md on sites, places, costs and scenarios."""

from __future__ import annotations

from .costs import Cost
from .register import PARTNERSHIP, SPECIAL

GRANT_PUPILS_2023 = 2065
"""dfe-high-needs: pupils in special schools in the allocation of 2023-24, census of January 2023."""
PLANS_2023 = 1847
"""dfe-ehcp-sen2: plans in state special schools, January 2023."""
WITHOUT_PLAN_2023 = 20
"""Our choice: pupils on a special roll while they are assessed."""

SUPPLY = """\
## Sites, places and who sits in them

- **sites**: invented. Ids and names say the kind (`special-academy-...`, `special-free-...`,
  `resourced-academy-...` are funded directly, the rest by the authority) and the planning area.
  `special-elsewhere-1` stands for state special places bought from other authorities
  (`authority` is `elsewhere`). One pupil of 20 and three of 3 are in special plans: two sites
  begin at 3, one ends at 20. `special-north-west-1` closes in 2022, when
  `special-academy-north-west-1` opens on its ground: a conversion.
- **places**: commissioned places; September of Y stands in January Y+1. One row is a part of a
  site, the same parts in every year: one phase and need group. So no split has to be assumed. A
  site's places are the sum of its parts; a closed site has rows of 0. Published are only the
  totals of directly funded sites: special academies and the free school 412, 420, 683, 700, 713
  and academy resourced provision 52, 52, 77, 95, 108 in January 2020-2024. 2025 repeats the last
  figure. 2025 is set so that Leeds children sit at 97-103% of the places that are theirs, by
  phase and need group: a choice. Earlier years grow to it, by about 500 places from January 2021
  on; "more than 450 since 2020" was published. Nothing here shows that Leeds has or had enough places.
- `held_for_others` are places that children of other authorities fill and, in alternative
  provision, pupils without a plan. Places for Leeds are places less held_for_others.
- Resourced plans were published as 109, 150, 266 in January 2022-24. The register grows evenly
  and does not follow: such a jump looks like recording, and no published places show it.
- **occupied**: 2025, sums by setting, age and need equal plans exactly for special, partnership,
  resourced and ap; the site is drawn.
- **waiting**: the same children are in plans, in mainstream or unplaced: never add the two.

### Roll, plans and places do not agree, January 2023

| line | children | status |
| --- | --- | --- |
"""

COSTS = """
A roll is not plans, and a grant count is neither. The unreconciled line is shown and nowhere used.

### Costs, 1,000 pounds a year

`place_filled` is paid for a place with a child in it, `place_empty` for one without; `top_up` and
`transport` follow the child. A row for a need goes before `all`. Prices of 2025: a figure of
2021-22 times 1.19, of 2022-23 times 1.12, of 2023-24 times 1.05, an index we chose. Where a row
says cited, transport not named there is elicited all the same.

| setting | need | status | basis |
| --- | --- | --- | --- |
"""

SCENARIOS = """
### Scenarios

Changes in `scenarios/*.toml` are synthetic. The 400 places are the strategy's total; their split
into lines, their sites and their dates are ours, as are all intervals, shares and owners' roles.
`2014-strategy.toml` is history: 200 places in south and centre, opening dates ours. It belongs
to a fit whose base year is 2014; what came of that strategy is not published.

"""


def supply_notes(costs: list[Cost]) -> str:
    """The text, with the reconciliation and the source of every cost."""
    open_2023 = [site for site in (*SPECIAL, *PARTNERSHIP) if site.years[0] <= 2023 <= site.years[1]]
    held_2023 = sum(site.held for site in open_2023)
    rest = GRANT_PUPILS_2023 - PLANS_2023 - held_2023 - WITHOUT_PLAN_2023
    lines = [
        f"| pupils in special schools in the grant allocation | {GRANT_PUPILS_2023:,} | published |",
        f"| plans of Leeds children in state special schools | {PLANS_2023:,} | published |",
        f"| other authorities' children | {held_2023} | synthetic, held_for_others |",
        f"| pupils without a plan | {WITHOUT_PLAN_2023} | synthetic |",
        f"| unreconciled | {rest} | what is left |",
    ]
    rows = [f"| {cost.setting} | {cost.need} | {cost.status} | {cost.basis} |" for cost in costs]
    return SUPPLY + "\n".join(lines) + "\n" + COSTS + "\n".join(rows) + "\n" + SCENARIOS
