"""Random models: what `Fitted.from_parameters` takes, and `years`. A table is a dict of columns.

The seed's remainders choose the kind of population (by 4) and the edge case (by 5), so that
any twenty seeds in a row meet every pair of them; everything else is left to chance.
"""

from collections import Counter
from random import Random
from typing import Any

from .rows import Row, Table, canonical, parse_ages, table_rows

AREA_CODES = ["north", "East", "Zürich", "Ängel", "st-ives", "e07"]
NEED_CODES = ["semh", "ASD", "école", "mld", "Speech"]
SETTING_CODES = ["special", "Mainstream", "AP", "île", "home", "independent"]
POPULATIONS = ["fixed", "flows", "path", "walked path"]
EDGES = ["zero", "certain", "large", "small alphas", "oldest"]
POINT_OR_BETA, POINT_OR_GAMMA = ["point", "beta"], ["point", "gamma"]


class Generator:
    """Draws the tables of one model."""

    def __init__(self, seed: int, size: str) -> None:
        self.rng = Random(f"{size} {seed}")
        self.size = size
        self.population_kind = POPULATIONS[seed % 4]
        self.edge = EDGES[seed % 5]
        self.base_year = self.rng.choice([2019, 2023, 2024])
        self.years = self.rng.randint(2, 5)
        self.areas = self.some_codes(AREA_CODES, self.rng.randint(1, 4))
        self.needs = self.some_codes(NEED_CODES, self.rng.randint(1, 4))
        self.settings = self.some_codes(SETTING_CODES, self.rng.randint(2, 5))

    def some_codes(self, pool: list[str], n: int) -> list[str]:
        """n codes, never in canonical order when there is more than one."""
        codes = self.rng.sample(pool, n)
        return codes[::-1] if codes == canonical(codes) else codes

    def table(self, rows: list[Row]) -> Table:
        """Rows in any order, as columns."""
        self.rng.shuffle(rows)
        return {column: [row[column] for row in rows] for column in rows[0]}

    def bands(self) -> list[int | str]:
        """Ages 0 to 25 in up to five bands; the large edge case always has a band of one age."""
        starts = {0, *self.rng.sample(range(1, 26), self.rng.randint(0, 3))}
        if self.edge == "large":
            starts |= {11, 12}
        firsts = sorted(starts)
        bands = []
        for first, after in zip(firsts, [*firsts[1:], 26], strict=True):
            ages = f"{first}-{after - 1}" if after - first > 1 else first
            bands.append("all" if ages == "0-25" and self.rng.random() < 0.5 else ages)
        return bands

    def keys(self, with_setting: bool) -> list[Row]:
        """Row keys that cover every cell once, by band either shared by all codes or for each."""
        keys = []
        for age in self.bands():
            for need in self.rng.choice([["all"], self.needs]):
                if not with_setting:
                    keys.append({"age": age, "need": need})
                    continue
                for setting in self.rng.choice([["all"], self.settings]):
                    keys.append({"age": age, "need": need, "setting": setting})
        return keys

    def probability(self, kind: str, everyone: bool) -> Row:
        """A chance; 0 or 1 in some rows of two edge cases, but never for all ages at once."""
        extreme = self.edge in ("zero", "certain") and self.rng.random() < 0.3
        if extreme and not everyone:
            p = 0.0 if self.edge == "zero" else 1.0
            return {"value": p} if kind == "point" else {"alpha": p, "beta": 1.0 - p}
        if kind == "point":
            return {"value": self.rng.uniform(0.0, 0.25)}
        if self.edge == "small alphas":
            return {"alpha": self.rng.uniform(0.001, 0.3), "beta": self.rng.uniform(0.01, 1.0)}
        return {"alpha": self.rng.uniform(0.2, 4.0), "beta": self.rng.uniform(2.0, 30.0)}

    def rate(self, kind: str, typical: float) -> Row:
        mean = typical * self.rng.uniform(0.0, 2.0)
        if self.edge == "zero" and self.rng.random() < 0.3:
            mean = 0.0
        if kind == "point":
            return {"value": mean}
        return {"shape": self.rng.choice([0.3, 1.0, 5.5, 400.0]), "mean": mean}

    def rates(self, typical: float, large: float) -> Table:
        """Rates by age and need; the large edge case raises those of the band of one age."""
        kind = self.rng.choice(POINT_OR_GAMMA)
        rows = []
        for row in self.keys(False):
            raised = self.edge == "large" and row["age"] == 11
            rows.append(row | self.rate(kind, large if raised else typical))
        return self.table(rows)

    def probabilities(self, with_setting: bool) -> Table:
        kind = self.rng.choice(POINT_OR_BETA)
        rows = []
        for row in self.keys(with_setting):
            everyone = parse_ages(row["age"]) == (0, 25)
            rows.append(row | self.probability(kind, everyone))
        return self.table(rows)

    def weight(self, own: bool) -> float:
        """A destination's alpha or point weight; a child mostly stays where it is."""
        if self.rng.random() < 0.2:
            return 0.0
        if self.edge == "small alphas":
            return self.rng.choice([0.0005, 0.02, 0.4, 0.9])
        return self.rng.uniform(0.05, 3.0) * (10.0 if own else 1.0)

    def destinations(self, kind: str, with_setting: bool) -> Table:
        """A Dirichlet table; its zeros are written out or, in half the tables, left out."""
        column = self.rng.choice(["value", "alpha"])
        left_out = self.rng.random() < 0.5
        codes = self.needs if kind == "need" else self.settings
        rows = []
        for row in self.keys(with_setting):
            weights = {code: self.weight(own=code == row.get(kind)) for code in codes}
            if not any(weights.values()):
                weights[self.rng.choice(codes)] = 1.0
            for code, weight in weights.items():
                if weight > 0.0 or not left_out:
                    rows.append(row | {f"to_{kind}": code, column: weight})
        return self.table(rows)

    def shocks(self) -> Table:
        shapes = {"g1": self.rng.choice([0.5, 3.0]), "été": 40.0, "late": 8.0}
        rows = []
        for row in self.keys(False):
            group = self.rng.choice(list(shapes))
            rows.append(row | {"group": group, "shape": shapes[group]})
        return self.table(rows)

    def by_need(self, column: str, values: list, kind: str) -> Table:
        """A table of area or year by need, of numbers about 1."""
        return self.table([
            {column: value, "need": need} | self.rate(kind, 1.0)
            for value in values
            for need in self.rng.choice([["all"], self.needs])
        ])  # fmt: skip

    def plans(self) -> Table:
        n = self.rng.randint(10, 60) if self.size == "small" else self.rng.randint(300, 800)
        old = 0.5 if self.edge == "oldest" else 0.1
        cells: Counter = Counter()
        for _ in range(n):
            age = self.rng.choice([24, 25]) if self.rng.random() < old else self.rng.randint(0, 25)
            codes = [self.rng.choice(c) for c in (self.areas, self.needs, self.settings)]
            cells[codes[0], age, *codes[1:]] += 1
        names = ("area", "age", "need", "setting")
        rows = [dict(zip(names, c, strict=True)) | {"plans": k} for c, k in cells.items()]
        return self.table(rows)

    def place_ages(self) -> list[Row]:
        return [{"area": area, "age": age} for area in self.areas for age in range(26)]

    def population(self) -> Table:
        """Residents: few, none or, where chunks and slots are wanted, many hundreds."""
        many = 0.3 if self.edge == "large" or self.size == "medium" else 0.05
        rows = []
        for row in self.place_ages():
            few = 0 if self.rng.random() < 0.1 else self.rng.randint(0, 60)
            crowd = self.rng.random() < many or (self.edge == "large" and row["age"] in (10, 11))
            rows.append(row | {"population": self.rng.randint(300, 900) if crowd else few})
        return self.table(rows)

    def flow(self, row: Row) -> Row:
        leave = self.rng.choice([0.0, self.rng.uniform(0.0, 0.3)])
        if self.edge == "certain" and self.rng.random() < 0.1:
            leave = 1.0
        arrive = self.rng.choice([0.0, self.rng.uniform(0.0, 6.0)])
        if row["age"] == 0 or (self.edge == "large" and row["age"] == 11):
            arrive = self.rng.uniform(20.0, 100.0)
        return row | {"leave": leave, "arrive": arrive}

    def path(self, population: Table) -> Table:
        """The base year's population, then growth or decline by cell and year."""
        rows = []
        for row in table_rows(population):
            residents = float(row["population"])
            for year in range(self.base_year, self.base_year + self.years + 1):
                rows.append({"year": year} | row | {"population": residents})
                residents *= self.rng.uniform(0.8, 1.25)
        return self.table(rows)

    def optional(self) -> dict[str, Table]:
        """Each optional table is there in six models of ten."""
        years = list(range(self.base_year + 1, self.base_year + self.years + 1))
        makers = {
            "transfers_out": lambda: self.probabilities(True),
            "area_moves": lambda: self.probabilities(False),
            "need_changes": lambda: self.destinations("need", False),
            "transfers_in": lambda: self.rates(0.04, 45.0),
            "area_multipliers": lambda: self.by_need("area", self.areas, self.rng.choice(POINT_OR_GAMMA)),
            "shocks": self.shocks,
            "levels": lambda: self.by_need("year", years, "point"),
        }
        return {name: make() for name, make in makers.items() if self.rng.random() < 0.6}

    def residents(self, population: Table) -> dict[str, Any]:
        if self.population_kind == "fixed":
            return {}
        if self.population_kind == "flows":
            return {"population_flows": self.table([self.flow(r) for r in self.place_ages()])}
        given: dict[str, Any] = {"exposure_path": self.path(population)}
        if self.population_kind == "walked path":
            sds = ("authority_sd", "area_sd", "births_sd")
            given["population_walk"] = {sd: self.rng.choice([0.0, 0.02, 0.2]) for sd in sds}
        return given


def random_model(seed: int, size: str = "small") -> dict[str, Any]:
    """The keyword arguments of a model, and `years`: how many years to run it."""
    return tables(Generator(seed, size))


def tables(g: Generator) -> dict[str, Any]:
    population = g.population()
    return {
        "years": g.years,
        "base_year": g.base_year,
        "areas": g.areas,
        "needs": g.needs,
        "settings": g.settings,
        "plans": g.plans(),
        "population": population,
        "ceasing": g.probabilities(True),
        "transitions": g.destinations("setting", True),
        "new_plans": g.rates(0.005, 0.08),
        "first_setting": g.destinations("setting", False),
        **g.optional(),
        **g.residents(population),
        "exposure": g.rng.choice(["residents", "without_plans"]),
    }
