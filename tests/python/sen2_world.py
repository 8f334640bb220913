"""Synthetic person-level SEN2 returns: invented children, schools and districts, followed over Januaries.

No row is or resembles a real child: names are numbered, postcodes are in districts that do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sufficiency as sf

NEEDS = ["ASD", "SEMH", "SLCN", "MLD", "SLD", "PMLD", "SPLD", "PD", "HI", "VI", "MSI", "OTH"]
NEED_WEIGHTS = np.array([32, 20, 21, 8, 6, 3, 3, 3, 1.5, 1, 0.5, 1])
AREAS = [f"QX{number}" for number in range(1, 15)]
SETTING_WEIGHTS = {  # by phase: early, primary, secondary, after
    "mainstream": (40, 52, 38, 4),
    "resourced": (2, 7, 5, 0),
    "sen_unit": (2, 4, 3, 0),
    "special": (18, 24, 32, 22),
    "partnership": (0, 3, 4, 1),
    "nmss": (0, 1, 2, 2),
    "independent_special": (0, 3, 8, 5),
    "independent_mainstream": (0, 1, 1, 0),
    "ap": (0, 1, 3, 0),
    "fe": (0, 0, 0, 45),
    "spi": (0, 0, 0, 8),
    "eotas": (0, 1, 2, 2),
    "parental": (0, 1, 2, 0),
    "early_years": (35, 0, 0, 0),
    "unplaced": (3, 2, 2, 0),
    "neet": (0, 0, 0, 9),
}
SETTINGS = list(SETTING_WEIGHTS)
CODES = {"eotas": "OLA", "parental": "EHE", "early_years": "EYP", "unplaced": "OTH", "neet": "NEET"}
TYPES = {"special": "7", "partnership": "7", "nmss": "8", "independent_special": "10", "ap": "14", "spi": "32"}
TYPES |= {"independent_mainstream": "11", "fe": "18", "mainstream": "34", "resourced": "1", "sen_unit": "1"}
SCHOOLS = {"mainstream": 60, "resourced": 8, "sen_unit": 6, "special": 9, "partnership": 1, "nmss": 2, "ap": 2}
SCHOOLS |= {"independent_special": 6, "independent_mainstream": 3, "fe": 3, "spi": 2}
SILC = "900999"
WHO = {"name": "Exampleshire", "code": "E10000099"}
NATURAL = {"moved-district", "transferred-in"}
"""Notes that a clean return gives rise to: what really happened."""


@dataclass
class World:
    """A return: module tables by (module, year), the register, and what is true of the children in it."""

    tables: dict[tuple[str, int], pd.DataFrame]
    establishments: pd.DataFrame
    partnerships: pd.DataFrame
    population: pd.DataFrame
    states: pd.DataFrame
    flows: pd.DataFrame
    years: list[int]

    def write(self, folder: Path) -> Path:
        """One folder a January, one CSV a module; the register beside them."""
        for (module, year), table in self.tables.items():
            place = folder / str(year)
            place.mkdir(parents=True, exist_ok=True)
            plain = table.drop(columns=[column for column in table.columns if column.startswith("_")])
            plain.to_csv(place / f"export_{module}.csv", index=False)
        self.establishments.to_csv(folder / "edubase.csv", index=False)
        return folder


def read(world: World, folder: Path, **options: Any) -> sf.Inputs:
    """The world written below a folder and read again."""
    given = {"authority": WHO, "population": world.population, "partnerships": world.partnerships}
    return sf.read_sen2(world.write(folder), **{**given, **options})


def counted(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Children counted by these columns, ages as text, in the order of the keys."""
    table = rows.groupby(keys).size().rename("plans").reset_index()
    return table.assign(age=table["age"].astype(str)).sort_values(keys, ignore_index=True)


def census(year: int) -> pd.Timestamp:
    """The third Thursday of January, by looking at each day."""
    days = pd.date_range(f"{year}-01-01", f"{year}-01-31")
    return days[days.day_of_week == 3][2]


def age_on(births: pd.DatetimeIndex, year: int) -> np.ndarray:
    """Whole years on 31 August before a January."""
    had_it = (births.month < 9).astype(int)
    return (year - 2 - births.year + had_it).to_numpy()


def phase(age: np.ndarray) -> np.ndarray:
    """0 early, 1 primary, 2 secondary, 3 after."""
    return np.digitize(age, [4, 11, 16])


def make_world(
    plans: int = 8_000, years: tuple[int, ...] = (2021, 2022, 2023, 2024, 2025), seed: int = 1
) -> World:
    """Linked children over Januaries, about so many plans at the last one."""
    rng = np.random.default_rng(seed)
    maker = _Maker(rng, years)
    maker.begin(int(plans * 0.70))
    for year in years[1:]:
        maker.next_year(year, int(plans * 0.155))
    return maker.world()


class _Maker:
    """Children as parallel columns; a state of each January and the records of each window."""

    def __init__(self, rng: np.random.Generator, years: tuple[int, ...]) -> None:
        self.rng, self.years = rng, list(years)
        self.children = pd.DataFrame()
        self.stock: dict[int, pd.DataFrame] = {}
        self.ended: dict[int, pd.DataFrame] = {year: pd.DataFrame() for year in years}
        self.flows: list[dict[str, Any]] = []
        self.register, self.units = _register()
        self.made = 0

    def _some(self, age: np.ndarray, year: int) -> pd.DataFrame:
        """Invented children of these ages at a January, with need, setting and home."""
        rng, n = self.rng, len(age)
        latest = pd.Timestamp(year - 1, 8, 31)
        births = latest - pd.to_timedelta(np.round(age * 365.25 + rng.uniform(2, 360, n)), unit="D")
        births = pd.DatetimeIndex(births)
        number = np.arange(self.made, self.made + n)
        self.made += n
        weights = NEED_WEIGHTS / NEED_WEIGHTS.sum()
        need = rng.choice(len(NEEDS), n, p=weights)
        table = pd.DataFrame({"child": number, "birth": births, "need": [NEEDS[k] for k in need]})
        second = (need + rng.integers(1, len(NEEDS), n)) % len(NEEDS)
        table["second"] = np.where(rng.random(n) < 0.4, [NEEDS[k] for k in second], "")
        table["area"] = rng.choice(AREAS, n)
        table["transferred"] = False
        table["named"] = True
        return self._place(table, year, np.ones(n, dtype=bool))

    def _place(self, table: pd.DataFrame, year: int, which: np.ndarray) -> pd.DataFrame:
        """A setting and a school for those who move."""
        rng, table = self.rng, table.copy()
        for column in ("setting", "urn"):
            if column not in table:
                table[column] = ""
        table["entry"] = table.get("entry", pd.Series(pd.NaT, index=table.index))
        kind = phase(age_on(pd.DatetimeIndex(table["birth"]), year).clip(0, 25))
        weights = np.array(list(SETTING_WEIGHTS.values()), dtype=float)
        for at in range(4):
            here = np.flatnonzero(which & (kind == at))
            share = weights[:, at] / weights[:, at].sum()
            table.loc[table.index[here], "setting"] = rng.choice(SETTINGS, len(here), p=share)
        for setting in SETTINGS:
            here = np.flatnonzero(which & (table["setting"] == setting).to_numpy())
            schools = self.units.get(setting, [""])
            table.loc[table.index[here], "urn"] = rng.choice(schools, len(here))
        start = census(year) - pd.to_timedelta(rng.integers(20, 300, len(table)), unit="D")
        table["entry"] = table["entry"].where(~which, pd.Series(start, index=table.index))
        return table

    def begin(self, n: int) -> None:
        first = self.years[0]
        ages = self.rng.choice(
            26,
            n,
            p=_ages(np.array([1, 1, 2, 4, 6, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 6, 5, 4, 3, 2, 2, 1, 1, 1, 1])),
        )
        table = self._some(ages, first)
        back = self.rng.integers(400, 1500, n)
        table["start"] = census(first) - pd.to_timedelta(back, unit="D")
        self.stock[first] = table

    def next_year(self, year: int, n_new: int) -> None:
        rng, before = self.rng, self.stock[year - 1]
        age = age_on(pd.DatetimeIndex(before["birth"]), year)
        chance = np.where(age > 25, 1.0, np.where(age >= 19, 0.3, np.where(age >= 16, 0.08, 0.006)))
        draw = rng.random(len(before))
        gone = draw < chance
        away = ~gone & (rng.random(len(before)) < 0.01)
        reason = np.where(age > 25, "1", rng.choice(["2", "3", "4", "6", "7", "9"], len(before)))
        left = before[gone | away].copy()
        left["reason"] = np.where(away, "5", reason)[gone | away]
        left["cease"] = self._days(year, len(left))
        left["named"] = True
        self.ended[year] = left
        for row in left.itertuples():
            flow = "transfer_out" if row.reason == "5" else "ceased"
            self._flow(year, flow, row, min(25, age_on(pd.DatetimeIndex([row.birth]), year)[0]))
        stay = before[~(gone | away)].copy().reset_index(drop=True)
        stay["transferred"] = False
        age = age_on(pd.DatetimeIndex(stay["birth"]), year)
        transfer = np.isin(age, [4, 11, 16])
        move = rng.random(len(stay)) < np.where(transfer, 0.5, 0.04)
        after = self._place(stay, year, move)
        renamed = rng.random(len(stay)) < 0.01
        other = [NEEDS[(NEEDS.index(need) + 1) % len(NEEDS)] for need in after["need"]]
        after["need"] = np.where(renamed, other, after["need"])
        after["second"] = np.where(after["second"] == after["need"], "", after["second"])
        home = rng.random(len(stay)) < 0.03
        after["area"] = np.where(home, rng.choice(AREAS, len(stay)), after["area"])
        for old, new in zip(stay.itertuples(), after.itertuples(), strict=True):
            if old.need != new.need or old.setting != new.setting:
                self._flow(year, "moved", old, age_on(pd.DatetimeIndex([new.birth]), year)[0], new)
        ages = rng.choice(
            26,
            n_new,
            p=_ages(
                np.array([1, 1, 4, 9, 12, 10, 9, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 0.5, 0.3, 0.2, 0, 0, 0, 0, 0, 0])
            ),
        )
        new = self._some(ages, year)
        new["start"] = self._days(year, n_new)
        into = self._some(rng.integers(5, 15, max(4, n_new // 25)), year)
        into["transferred"] = True
        into["named"] = np.arange(len(into)) % 2 == 0
        into["start"] = census(year - 1) - pd.to_timedelta(rng.integers(100, 900, len(into)), unit="D")
        brief = self._some(rng.integers(5, 12, 5), year)
        brief["start"] = census(year - 1) + pd.Timedelta(days=30)
        brief["cease"] = census(year) - pd.Timedelta(days=30)
        brief["reason"] = ["2", "5", "9", "7", "6"]
        self.ended[year] = pd.concat([left, brief.assign(entry=pd.NaT)], ignore_index=True)
        for flow, rows in (("new", new), ("transfer_in", into)):
            for row in rows.itertuples():
                self._flow(year, flow, row, age_on(pd.DatetimeIndex([row.birth]), year)[0])
        for row in brief.assign(need="UNK", setting="unknown").itertuples():
            old = age_on(pd.DatetimeIndex([row.birth]), year)[0]
            self._flow(year, "new", row, old)
            self._flow(year, "transfer_out" if row.reason == "5" else "ceased", row, old)
        self.stock[year] = pd.concat([after, new, into], ignore_index=True)

    def _days(self, year: int, n: int) -> pd.DatetimeIndex:
        """Days in the window that ends at a January; its last day counts."""
        length = (census(year) - census(year - 1)).days
        return pd.DatetimeIndex(census(year - 1) + pd.to_timedelta(self.rng.integers(1, length + 1, n), unit="D"))

    def _flow(self, year: int, flow: str, row: Any, age: int, to: Any = None) -> None:
        entry = {"year": year, "flow": flow, "age": int(age), "need": row.need, "setting": row.setting}
        entry |= {"to_need": to.need if to else "all", "to_setting": to.setting if to else "all"}
        self.flows.append(entry)

    def world(self) -> World:
        tables: dict[tuple[str, int], pd.DataFrame] = {}
        for year in self.years:
            tables |= {(module, year): table for module, table in self._return(year).items()}
        states = []
        for year, stock in self.stock.items():
            age = age_on(pd.DatetimeIndex(stock["birth"]), year).clip(0, 25)
            states.append(stock[["child", "area", "need", "setting", "second"]].assign(year=year, age=age))
        last = self.stock[self.years[-1]]
        roll = last[last["setting"].isin(["sen_unit", "resourced"])].groupby(["urn", "setting"]).size()
        register = self.register.copy()
        for column, setting in (("SenUnitOnRoll", "sen_unit"), ("ResourcedProvisionOnRoll", "resourced")):
            has = register["TypeOfResourcedProvision (name)"].eq(
                "SEN unit" if setting == "sen_unit" else "Resourced provision"
            )
            counts = [str(roll.get((urn, setting), 0)) for urn in register["URN"]]
            register[column] = np.where(has, counts, "")
        partnerships = pd.DataFrame({"urn": [SILC], "flag": ["any"]})
        cells = [(y, area, age, 900 + 7 * age) for y in self.years for area in AREAS for age in range(26)]
        population = pd.DataFrame(cells, columns=["year", "area", "age", "population"])
        return World(
            tables,
            register,
            partnerships,
            population,
            pd.concat(states, ignore_index=True),
            pd.DataFrame(self.flows),
            self.years,
        )

    def _return(self, year: int) -> dict[str, pd.DataFrame]:
        """The module tables of one January."""
        rng, day = self.rng, census(year)
        stock, ended = self.stock[year], self.ended[year]
        everyone = pd.concat([stock.assign(active=True), ended.assign(active=False)], ignore_index=True)
        asking = self._some(rng.integers(3, 15, max(20, len(stock) // 15)), year).assign(
            active=False, start=pd.NaT, asked=True
        )
        everyone = pd.concat([everyone, asking], ignore_index=True)
        everyone = everyone.iloc[rng.permutation(len(everyone))].reset_index(drop=True)
        n = len(everyone)
        asked_only = everyone["asked"].eq(True) if "asked" in everyone else pd.Series(False, index=everyone.index)
        key = np.arange(1, n + 1)
        table_id = {name: [f"{name}{year}-{k}" for k in key] for name in ("p", "r", "a", "n", "c")}
        text = lambda dates: pd.DatetimeIndex(dates).strftime("%Y-%m-%d").fillna("").to_numpy()  # noqa: E731
        number = everyone["child"].to_numpy().astype(int)
        modules: dict[str, pd.DataFrame] = {}
        modules["person"] = pd.DataFrame(
            {
                "PersonTableID": table_id["p"],
                "Surname": [f"Synthetic{k}" for k in number],
                "Forename": [f"Child{k}" for k in number],
                "PersonBirthDate": text(everyone["birth"]),
                "Sex": np.where(number % 3 == 0, "F", "M"),
                "Ethnicity": "",
                "Postcode": [f"{area} {k % 9 + 1}ZZ" for area, k in zip(everyone["area"], number, strict=True)],
                "UPN": [f"A{k:011d}{k % 10}" for k in number],
                "UniqueLearnerNumber": "",
                "UPNUnknown": "",
                "_child": number,
            }
        )
        received = everyone["start"] - pd.to_timedelta(rng.integers(100, 280, n), unit="D")
        received = received.where(
            ~asked_only, pd.Series(day - pd.to_timedelta(rng.integers(20, 300, n), unit="D"))
        )
        decided = received + pd.Timedelta(days=40)
        undecided = asked_only & (rng.random(n) < 0.5)
        modules["requests"] = pd.DataFrame(
            {
                "RequestsTableID": table_id["r"],
                "PersonTableID": table_id["p"],
                "ReceivedDate": text(received),
                "RYA": "0",
                "RequestOutcomeDate": text(decided.where(~undecided)),
                "RequestOutcome": np.where(undecided, "A", np.where(asked_only, "N", "Y")),
                "_child": number,
            }
        )
        named = everyone["named"].to_numpy(dtype=bool) & ~asked_only.to_numpy()
        start = everyone["start"]
        modules["assessment"] = pd.DataFrame(
            {
                "AssessmentTableID": table_id["a"],
                "RequestsTableID": table_id["r"],
                "AssessmentOutcome": "Y",
                "AssessmentOutcomeDate": text(start.where(start.gt(received), received)),
                "Week20": "0",
                "_child": number,
            }
        )[named]
        cease = everyone["cease"] if "cease" in everyone else pd.Series(pd.NaT, index=everyone.index)
        reason = everyone["reason"].fillna("") if "reason" in everyone else ""
        modules["named_plan"] = pd.DataFrame(
            {
                "NamedPlanTableID": table_id["n"],
                "AssessmentTableID": table_id["a"],
                "StartDate": text(start),
                "PlanRes": "",
                "PB": "0",
                "CeaseDate": text(cease),
                "CeaseReason": reason,
                "_child": number,
            }
        )[named]
        active = everyone["active"].to_numpy(dtype=bool)
        modules["active_plans"] = pd.DataFrame(
            {
                "ActivePlansTableID": table_id["c"],
                "RequestsTableID": table_id["r"],
                "TransferLA": np.where(everyone["transferred"].eq(True), "302", ""),
                "LastReview": "",
                "_child": number,
            }
        )[active]
        place = self._placement(everyone)
        modules["plan_detail"] = place.assign(NamedPlanTableID=table_id["n"], _child=number)[named]
        first = place.assign(
            ActivePlansTableID=table_id["c"], EntryDate=text(everyone["entry"]), LeavingDate="", _child=number
        )
        earlier = everyone["entry"] - pd.Timedelta(days=200)
        old = self._placement(everyone.assign(setting="mainstream", urn=self.units["mainstream"][0]))
        old = old.assign(
            ActivePlansTableID=table_id["c"],
            EntryDate=text(earlier),
            LeavingDate=text(everyone["entry"]),
            _child=number,
        )
        also = self._placement(everyone.assign(setting="ap", urn=self.units["ap"][0])).assign(PlacementRank="2")
        also = also.assign(
            ActivePlansTableID=table_id["c"], EntryDate=text(everyone["entry"]), LeavingDate="", _child=number
        )
        some, few = rng.random(n) < 0.1, rng.random(n) < 0.03
        modules["placement_detail"] = pd.concat(
            [first[active], old[active & some], also[active & few]], ignore_index=True
        )
        needs = pd.DataFrame(
            {
                "ActivePlansTableID": table_id["c"],
                "SENType": everyone["need"],
                "SENTypeRank": "1",
                "_child": number,
            }
        )
        more = needs.assign(SENType=everyone["second"], SENTypeRank="2")[
            active & everyone["second"].ne("").to_numpy()
        ]
        modules["sen_need"] = pd.concat([needs[active], more], ignore_index=True)
        return {name: table.reset_index(drop=True) for name, table in modules.items()}

    def _placement(self, rows: pd.DataFrame) -> pd.DataFrame:
        coded = rows["setting"].isin(list(CODES)).to_numpy()
        provision = dict(zip(self.register["URN"], self.register["TypeOfResourcedProvision (name)"], strict=True))
        has = rows["urn"].map(provision).fillna("")
        asked = has.isin(["SEN unit", "Resourced provision"]).to_numpy()
        unit = np.where(rows["setting"].eq("sen_unit"), "1", np.where(asked, "0", ""))
        base = np.where(rows["setting"].isin(["resourced", "partnership"]), "1", np.where(asked, "0", ""))
        return pd.DataFrame(
            {
                "URN": np.where(coded, "", rows["urn"]),
                "UKPRN": "",
                "SENSetting": np.where(coded, rows["setting"].map(CODES).fillna(""), ""),
                "SENSettingOther": np.where(rows["setting"].eq("unplaced"), "special school", ""),
                "PlacementRank": "1",
                "SENUnitIndicator": unit,
                "ResourcedProvisionIndicator": base,
            }
        )


def _ages(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()


def _register() -> tuple[pd.DataFrame, dict[str, list[str]]]:
    rows, units, urn = [], {}, 900_100
    for setting, count in SCHOOLS.items():
        units[setting] = []
        for k in range(count):
            urn += 1
            number = SILC if setting == "partnership" else str(urn)
            units[setting].append(number)
            provision = {"resourced": "Resourced provision", "sen_unit": "SEN unit"}.get(setting, "Not applicable")
            rows.append((number, f"Invented {setting} {k}", TYPES[setting], provision, "999"))
    # Children of ordinary classes are at schools with a unit too.
    units["mainstream"] += [*units["resourced"][:4], *units["sen_unit"][:3]]
    names = [
        "URN",
        "EstablishmentName",
        "TypeOfEstablishment (code)",
        "TypeOfResourcedProvision (name)",
        "LA (code)",
    ]
    return pd.DataFrame(rows, columns=names), units
