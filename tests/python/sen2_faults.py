"""Faults planted into synthetic returns, one a child, each with the check and the row that must name it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sen2_world import World, census

Planted = list[tuple[str, str, int, int]]


class Planter:
    """Mutates the tables of a world; rows carry a tag until every fault is in, then their positions are looked
    up.
    """

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, np.random.default_rng(seed)
        self.tables = {key: table.assign(_tag=range(len(table))) for key, table in world.tables.items()}
        self.next_tag = 10_000_000
        self.used: set[int] = set()
        self.planted: list[tuple[str, str, int, int]] = []
        held = world.states.set_index(["year", "child"])
        self.state = held

    def plant(self, count: int) -> Planted:
        """`count` faults, as many of each kind as of any other or one less; slug, module, year, row position."""
        kinds: list[Callable[[], bool]] = [getattr(self, name) for name in dir(self) if name.startswith("fault_")]
        planted = 0
        while planted < count:
            before = planted
            for kind in kinds:
                if planted < count and kind():
                    planted += 1
            assert planted > before, "no more rows to plant in"
        for key, table in self.tables.items():
            self.world.tables[key] = table.reset_index(drop=True)
        return [self._located(*each) for each in self.planted]

    def _located(self, slug: str, module: str, year: int, tag: int) -> tuple[str, str, int, int]:
        if module == "establishments":
            return slug, module, year, tag
        tags = self.tables[module, year]["_tag"].to_numpy()
        return slug, module, year, int(np.flatnonzero(tags == tag)[0]) + 1

    def pick(self, module: str, where: Any = None, years: list[int] | None = None) -> tuple[int, pd.Series] | None:
        """A row of a child not yet touched, for which `where(table)` holds."""
        order = self.rng.permutation(years or self.world.years[1:])
        for year in order:
            table = self.tables[module, int(year)]
            fits = ~table["_child"].isin(self.used)
            if where is not None:
                fits &= where(table, int(year))
            if fits.any():
                row = table[fits].iloc[int(self.rng.integers(fits.sum()))]
                self.used.add(int(row["_child"]))
                return int(year), row
        return None

    def set(self, module: str, year: int, row: pd.Series, **values: str) -> None:
        table = self.tables[module, year]
        here = table["_tag"].eq(row["_tag"])
        self.tables[module, year] = table.assign(**{k: table[k].mask(here, v) for k, v in values.items()})

    def copy(self, module: str, year: int, row: pd.Series, **values: str) -> int:
        """Append a copy of a row with other values; its tag."""
        self.next_tag += 1
        new = pd.DataFrame([{**row.to_dict(), **values, "_tag": self.next_tag}])
        self.tables[module, year] = pd.concat([self.tables[module, year], new], ignore_index=True)
        return self.next_tag

    def drop(self, module: str, year: int, child: int) -> None:
        table = self.tables[module, year]
        self.tables[module, year] = table[table["_child"].ne(child)]

    def cell(self, slug: str, module: str, where: Any = None, years: Any = None, **values: Any) -> bool:
        """Plant by changing cells of one row; a value may be a function of row and year."""
        found = self.pick(module, where, years)
        if found is None:
            return False
        year, row = found
        ready = {key: value(row, year) if callable(value) else value for key, value in values.items()}
        self.set(module, year, row, **ready)
        self.planted.append((slug, module, year, int(row["_tag"])))
        return True

    # --- what is true of children

    def active(self, table: pd.DataFrame, year: int) -> pd.Series:
        return table["_child"].isin(self.tables["active_plans", year]["_child"])

    def named(self, table: pd.DataFrame, year: int) -> pd.Series:
        return table["_child"].isin(self.tables["named_plan", year]["_child"])

    def held_before(self, table: pd.DataFrame, year: int) -> pd.Series:
        return table["_child"].isin(self.tables["active_plans", year - 1]["_child"])

    # --- persons

    def fault_no_upn(self) -> bool:
        return self.cell("no-upn", "person", self.active, UPN="")

    def fault_upn_invalid(self) -> bool:
        return self.cell("upn-invalid", "person", self.active, UPN="12345")

    def fault_upn_changed(self) -> bool:
        last = [self.world.years[-1]]
        return self.cell("upn-changed", "person", self.held_before, last, UPN=lambda row, _: "B" + row["UPN"][1:])

    def fault_duplicate_person(self) -> bool:
        found = self.pick("person", self.active)
        if found is None:
            return False
        year, row = found
        tag = self.copy("person", year, row, PersonTableID=f"again{self.next_tag}")
        self.planted.append(("duplicate-person", "person", year, tag))
        return True

    def fault_age_unknown(self) -> bool:
        return self.cell("age-unknown", "person", self.active, PersonBirthDate="")

    def fault_age_outside(self) -> bool:
        return self.cell("age-outside-0-25", "person", self.active, PersonBirthDate="1971-04-01")

    def fault_birth_date_changed(self) -> bool:
        def other(row: pd.Series, _: int) -> str:
            return (pd.Timestamp(row["PersonBirthDate"]) - pd.Timedelta(days=3)).strftime("%Y-%m-%d")

        return self.cell(
            "birth-date-changed", "person", self.held_before, [self.world.years[-1]], PersonBirthDate=other
        )

    def fault_postcode_missing(self) -> bool:
        return self.cell("postcode-missing", "person", self.active, Postcode="")

    def fault_postcode_invalid(self) -> bool:
        return self.cell("postcode-invalid", "person", self.active, Postcode="NOWHERE")

    def fault_district_not_listed(self) -> bool:
        return self.cell("district-not-listed", "person", self.active, Postcode="ZZ99 3VZ")

    # --- requests and assessments

    def fault_several_open_requests(self) -> bool:
        found = self.pick("requests", lambda table, _: table["RequestOutcome"].eq("A"))
        if found is None:
            return False
        year, row = found
        tag = self.copy("requests", year, row, RequestsTableID=f"again{self.next_tag}", RequestOutcome="")
        self.planted.append(("several-open-requests", "requests", year, tag))
        return True

    def fault_request_outcome_invalid(self) -> bool:
        return self.cell("request-outcome-invalid", "requests", RequestOutcome="Q")

    def fault_outcome_before_request(self) -> bool:
        def earlier(row: pd.Series, _: int) -> str:
            return (pd.Timestamp(row["ReceivedDate"]) - pd.Timedelta(days=9)).strftime("%Y-%m-%d")

        return self.cell("outcome-before-request", "requests", RequestOutcomeDate=earlier)

    def fault_assessment_before_request(self) -> bool:
        return self.cell("assessment-before-request", "assessment", AssessmentOutcomeDate="2001-01-01")

    # --- plans

    def fault_no_named_plan(self) -> bool:
        settled = lambda table, year: self.named(table, year) & table["TransferLA"].eq("")  # noqa: E731
        found = self.pick("active_plans", settled)
        if found is None:
            return False
        year, row = found
        for module in ("named_plan", "plan_detail", "assessment"):
            self.drop(module, year, row["_child"])
        self.planted.append(("no-named-plan", "active_plans", year, int(row["_tag"])))
        return True

    def fault_duplicate_plan(self) -> bool:
        found = self.pick("named_plan", self.active)
        if found is None:
            return False
        year, row = found
        start = (pd.Timestamp(row["StartDate"]) - pd.Timedelta(days=30)).strftime("%Y-%m-%d")
        tag = self.copy("named_plan", year, row, NamedPlanTableID=f"again{self.next_tag}", StartDate=start)
        self.planted.append(("duplicate-plan", "named_plan", year, tag))
        return True

    def fault_ceased_before_start(self) -> bool:
        return self.cell("ceased-before-start", "named_plan", self.active, CeaseDate="2001-01-01", CeaseReason="2")

    def _ended(self, table: pd.DataFrame, year: int) -> pd.Series:
        return table["CeaseDate"].ne("") & table["CeaseReason"].ne("5")

    def fault_cease_reason_missing(self) -> bool:
        return self.cell("cease-reason-missing", "named_plan", self._ended, CeaseReason="")

    def fault_cease_reason_invalid(self) -> bool:
        return self.cell("cease-reason-invalid", "named_plan", self._ended, CeaseReason="12")

    def fault_cease_date_missing(self) -> bool:
        return self.cell("cease-date-missing", "named_plan", self._ended, CeaseDate="")

    def fault_start_date_missing(self) -> bool:
        return self.cell("start-date-missing", "named_plan", self.active, StartDate="")

    def fault_start_after_census(self) -> bool:
        later = lambda _, year: (census(year) + pd.Timedelta(days=9)).strftime("%Y-%m-%d")  # noqa: E731
        return self.cell("start-after-census", "named_plan", self.active, StartDate=later)

    def fault_duplicate_active_plan(self) -> bool:
        found = self.pick("active_plans", self.named)
        if found is None:
            return False
        year, row = found
        tag = self.copy("active_plans", year, row, ActivePlansTableID=f"again{self.next_tag}")
        self.planted.append(("duplicate-active-plan", "active_plans", year, tag))
        return True

    def fault_no_active_plan(self) -> bool:
        found = self.pick("named_plan", lambda table, year: self.active(table, year) & table["CeaseDate"].eq(""))
        if found is None:
            return False
        year, row = found
        for module in ("active_plans", "placement_detail", "sen_need"):
            self.drop(module, year, row["_child"])
        self.planted.append(("no-active-plan", "named_plan", year, int(row["_tag"])))
        return True

    def fault_active_plan_ceased(self) -> bool:
        found = self.pick("named_plan", self.active)
        if found is None:
            return False
        year, row = found
        self.set("named_plan", year, row, CeaseDate=census(year).strftime("%Y-%m-%d"), CeaseReason="2")
        return self._at_active("active-plan-ceased", year, row)

    def _at_active(self, slug: str, year: int, row: pd.Series) -> bool:
        table = self.tables["active_plans", year]
        tag = int(table.loc[table["_child"].eq(row["_child"]), "_tag"].iloc[0])
        self.planted.append((slug, "active_plans", year, tag))
        return True

    def fault_left_without_record(self) -> bool:
        found = self.pick(
            "named_plan", lambda table, year: self._ended(table, year) & self.held_before(table, year)
        )
        if found is None:
            return False
        year, row = found
        for module in ("named_plan", "plan_detail", "assessment"):
            self.drop(module, year, row["_child"])
        return self._at_active("left-without-record", year - 1, row)

    def fault_came_without_record(self) -> bool:
        def new(table: pd.DataFrame, year: int) -> pd.Series:
            into = self.tables["active_plans", year]
            moved = into.loc[into["TransferLA"].ne(""), "_child"]
            return self.active(table, year) & ~self.held_before(table, year) & ~table["_child"].isin(moved)

        found = self.pick("named_plan", new)
        if found is None:
            return False
        year, row = found
        start = (census(year - 1) - pd.Timedelta(days=400)).strftime("%Y-%m-%d")
        self.set("named_plan", year, row, StartDate=start)
        return self._at_active("came-without-record", year, row)

    # --- placements

    def fault_no_placement(self) -> bool:
        found = self.pick("active_plans")
        if found is None:
            return False
        year, row = found
        self.drop("placement_detail", year, row["_child"])
        self.planted.append(("no-placement", "active_plans", year, int(row["_tag"])))
        return True

    def _lead(self, table: pd.DataFrame, _: int) -> pd.Series:
        return table["PlacementRank"].eq("1") & table["LeavingDate"].eq("")

    def fault_several_first_placements(self) -> bool:
        found = self.pick("placement_detail", self._lead)
        if found is None:
            return False
        year, row = found
        entry = (pd.Timestamp(row["EntryDate"]) - pd.Timedelta(days=1)).strftime("%Y-%m-%d")
        tag = self.copy("placement_detail", year, row, EntryDate=entry)
        self.planted.append(("several-first-placements", "placement_detail", year, tag))
        return True

    def fault_placement_rank_invalid(self) -> bool:
        module = "plan_detail" if self.rng.random() < 0.5 else "placement_detail"
        return self.cell("placement-rank-invalid", module, PlacementRank="first")

    def fault_placement_blank(self) -> bool:
        blank = dict(URN="", UKPRN="", SENSetting="", SENUnitIndicator="", ResourcedProvisionIndicator="")
        return self.cell("placement-blank", "placement_detail", self._lead, **blank)

    def fault_urn_unknown(self) -> bool:
        where = lambda table, _: table["URN"].ne("") & table["SENUnitIndicator"].eq("")  # noqa: E731
        return self.cell("urn-unknown", "placement_detail", where, URN="123456")

    def fault_type_unknown(self) -> bool:
        register = self.world.establishments
        if not register["URN"].eq("900900").any():
            new = dict.fromkeys(register.columns, "") | {"URN": "900900", "TypeOfEstablishment (code)": "99"}
            self.world.establishments = pd.concat([register, pd.DataFrame([new])], ignore_index=True)
        where = lambda table, _: table["URN"].ne("") & table["ResourcedProvisionIndicator"].eq("")  # noqa: E731
        return self.cell("type-unknown", "placement_detail", where, URN="900900")

    def fault_setting_invalid(self) -> bool:
        where = lambda table, _: table["SENSetting"].ne("")  # noqa: E731
        return self.cell("setting-invalid", "placement_detail", where, SENSetting="XYZ")

    def fault_setting_beside_urn(self) -> bool:
        where = lambda table, _: table["URN"].ne("")  # noqa: E731
        return self.cell("setting-beside-urn", "plan_detail", where, SENSetting="OLA")

    def _with_unit(self, table: pd.DataFrame, _: int) -> pd.Series:
        has = self.world.establishments
        urns = has.loc[has["TypeOfResourcedProvision (name)"].eq("SEN unit"), "URN"]
        return table["URN"].isin(urns)

    def fault_unit_flag_unset(self) -> bool:
        return self.cell("unit-flag-unset", "placement_detail", self._with_unit, SENUnitIndicator="")

    def fault_unit_flag_without_unit(self) -> bool:
        has = self.world.establishments
        urns = has.loc[
            has["TypeOfResourcedProvision (name)"].eq("Not applicable") & has["URN"].ne("900999"), "URN"
        ]
        where = lambda table, _: table["URN"].isin(urns)  # noqa: E731
        return self.cell("unit-flag-without-unit", "placement_detail", where, ResourcedProvisionIndicator="1")

    def fault_unit_flags_both(self) -> bool:
        both = dict(SENUnitIndicator="1", ResourcedProvisionIndicator="1")
        return self.cell("unit-flags-both", "placement_detail", self._with_unit, **both)

    def fault_left_before_entry(self) -> bool:
        where = lambda table, year: self._lead(table, year) & table["EntryDate"].ne("")  # noqa: E731
        return self.cell("left-before-entry", "placement_detail", where, LeavingDate="2001-01-01")

    def _in(self, *settings: str) -> Callable[[pd.DataFrame, int], pd.Series]:
        """Rows of children of Reception to Year 11 with a plan who are in these settings."""

        def where(table: pd.DataFrame, year: int) -> pd.Series:
            states = self.state.loc[year]
            here = states["setting"].isin(settings) & states["age"].between(4, 15)
            return table["_child"].isin(here.index[here])

        return where

    def _named_plan_says(self, slug: str, settings: tuple[str, ...], at: str) -> tuple[int, pd.Series] | None:
        """Plant a plan that names another establishment than the child is at."""
        found = self.pick("plan_detail", self._in(*settings))
        if found is not None:
            year, row = found
            flags = {"SENUnitIndicator": "", "ResourcedProvisionIndicator": ""}
            self.set("plan_detail", year, row, URN=self._urn(at), SENSetting="", **flags)
            self.planted.append((slug, "plan_detail", year, int(row["_tag"])))
        return found

    def _urn(self, setting: str) -> str:
        register = self.world.establishments
        return str(
            register.loc[register["EstablishmentName"].str.startswith(f"Invented {setting} "), "URN"].iloc[0]
        )

    def fault_plan_names_place(self) -> bool:
        return self._named_plan_says("plan-names-place", ("mainstream", "eotas"), "special") is not None

    def fault_placed_beside_plan(self) -> bool:
        return self._named_plan_says("placed-beside-plan", ("special", "nmss"), "mainstream") is not None

    def fault_plan_names_next_phase(self) -> bool:
        found = self._named_plan_says("plan-names-next-phase", ("mainstream",), "special")
        if found is None:
            return False
        year, row = found
        table = self.tables["active_plans", year]
        mine = table["_child"].eq(row["_child"])
        final = (census(year) - pd.Timedelta(days=40)).strftime("%Y-%m-%d")
        given = table.get("PhaseTransferFinalDate", pd.Series("", index=table.index)).fillna("")
        self.tables["active_plans", year] = table.assign(PhaseTransferFinalDate=given.mask(mine, final))
        return True

    def fault_few_placements(self) -> bool:
        table = self.world.establishments
        roll = pd.to_numeric(table["SenUnitOnRoll"], errors="coerce")
        fits = np.flatnonzero(roll.between(1, 400))
        if not len(fits):
            return False
        at = int(fits[0])
        table.loc[table.index[at], "SenUnitOnRoll"] = "900"
        self.planted.append(("few-placements", "establishments", self.world.years[-1], at + 1))
        return True

    # --- needs and rows

    def fault_need_missing(self) -> bool:
        found = self.pick("active_plans")
        if found is None:
            return False
        year, row = found
        self.drop("sen_need", year, row["_child"])
        self.planted.append(("need-missing", "active_plans", year, int(row["_tag"])))
        return True

    def fault_need_invalid(self) -> bool:
        return self.cell("need-invalid", "sen_need", SENType="ASDD")

    def fault_need_rank_invalid(self) -> bool:
        return self.cell("need-rank-invalid", "sen_need", SENTypeRank="0")

    def fault_needs_same_rank(self) -> bool:
        found = self.pick("sen_need", lambda table, _: table["SENTypeRank"].eq("2"))
        if found is None:
            return False
        year, row = found
        self.set("sen_need", year, row, SENTypeRank="1")
        table = self.tables["sen_need", year]
        later = int(table.loc[table["_child"].eq(row["_child"]), "_tag"].iloc[-1])
        self.planted.append(("needs-same-rank", "sen_need", year, later))
        return True

    def fault_duplicate_row(self) -> bool:
        module = ("placement_detail", "plan_detail", "sen_need")[int(self.rng.integers(3))]
        found = self.pick(module)
        if found is None:
            return False
        year, row = found
        self.planted.append(("duplicate-row", module, year, self.copy(module, year, row)))
        return True

    def fault_orphan_row(self) -> bool:
        where = lambda table, _: table["SENTypeRank"].eq("2")  # noqa: E731
        return self.cell("orphan-row", "sen_need", where, ActivePlansTableID="nobody")

    def fault_date_unreadable(self) -> bool:
        module, column = (("placement_detail", "EntryDate"), ("requests", "ReceivedDate"))[
            int(self.rng.integers(2))
        ]
        return self.cell(
            "date-unreadable", module, lambda table, _: table[column].ne(""), **{column: "31/02/2024"}
        )
