"""Where a child is placed: establishment, indicators and codes of the return to our setting codes."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sufficiency.errors import InputError

from .checks import Issues
from .modules import head, problem, refuse

YES = frozenset({"1", "true", "y", "yes", "t"})
NO = frozenset({"0", "false", "n", "no", "f"})
MOST_IN_UNIT = 0.5
"""A unit with fewer children than this share of its roll is questioned (chosen by us: rolls change within a
year).
"""
FEWEST_ON_ROLL = 6
"""Smaller units are not questioned: one child makes the difference (our choice)."""


def setting_table() -> pd.DataFrame:
    """The mapping that ships, to be edited and given as `settings=`.

    Returns
    -------
    DataFrame
        kind (establishment: type as GIAS numbers it; sensetting: code of the return; ukprn), code, name, setting,
        with_sen_unit and with_resourced (setting when the indicator is set and the establishment has one),
        age_from,
        age_to, first_year, last_year (Januaries for which it holds), note. All text.
    """
    with resources.files(__package__).joinpath("settings.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


class Register:
    """Establishments by URN, the mapping of settings, and the local exceptions."""

    def __init__(self, establishments: Any, mapping: Any, local: Any) -> None:
        self.places = _establishments(establishments)
        known = self.places[self.places["ukprn"].ne("")].reset_index().drop_duplicates("ukprn")
        self.by_ukprn = dict(zip(known["ukprn"], known["urn"], strict=True))
        self.rules = _table(mapping, "settings") if mapping is not None else setting_table()
        absent = [name for name in setting_table().columns[:6] if name not in self.rules.columns]
        refuse([problem("missing-column", "settings", f"column {name} is missing") for name in absent])
        self.rules = self.rules.assign(code=self.rules["code"].str.strip())
        self.local = _local(local)

    def settings(self, rows: pd.DataFrame, module: str, issues: Issues) -> pd.Series[Any]:
        """The setting of each placement (columns of 4b or 5b, and age); every doubt is noted."""
        facts = self._facts(rows)
        self._check(facts, module, issues)
        coded = self._by_rules(facts, "sensetting", facts["sensetting"], facts["year"], facts["age"])
        named = self._by_rules(facts, "establishment", facts["type"], facts["year"], facts["age"])
        # Of a provider that is not in the register only that it has a UKPRN is known.
        provider = self._by_rules(facts, "ukprn", pd.Series("any", index=facts.index), facts["year"], facts["age"])
        setting = coded.mask(facts["ukprn"].ne("") & facts["urn"].eq(""), provider)
        setting = setting.mask(facts["urn"].ne(""), named)
        return self._locally(facts, setting).fillna("unknown")

    def _facts(self, rows: pd.DataFrame) -> pd.DataFrame:
        facts = pd.DataFrame({"year": rows["year"], "row": rows["row"], "age": rows["age"]}, index=rows.index)
        facts["ukprn"] = rows["ukprn"].str.strip().str.removesuffix(".0")
        urn = rows["urn"].str.strip().str.removesuffix(".0")
        # A provider named by its UKPRN alone is found in the register by that.
        facts["urn"] = urn.mask(urn.eq(""), facts["ukprn"].map(lambda ukprn: self.by_ukprn.get(ukprn, "")))
        facts["sensetting"] = rows["sensetting"].str.strip().str.upper()
        for unit, column in (("sen_unit", "senunitindicator"), ("resourced", "resourcedprovisionindicator")):
            flag = rows[column].str.strip().str.lower()
            facts[f"{unit}_flag"] = flag.isin(YES)
            facts[f"{unit}_blank"] = ~flag.isin(YES | NO)
            facts[f"has_{unit}"] = facts["urn"].map(self.places[unit]).eq(True)
        facts["type"] = facts["urn"].map(self.places["type"])
        listed = facts["urn"].isin(set(self.local["urn"]))
        return facts.assign(known=facts["urn"].isin(self.places.index) | listed, listed=listed)

    def _check(self, facts: pd.DataFrame, module: str, issues: Issues) -> None:
        urn, coded = facts["urn"].ne(""), facts["sensetting"].ne("")
        named = urn | facts["ukprn"].ne("")
        codes = set(self.rules.loc[self.rules["kind"].eq("sensetting"), "code"])
        both = facts["sen_unit_flag"] & facts["resourced_flag"]
        has_any = facts["has_sen_unit"] | facts["has_resourced"]
        checks = {
            "placement-blank": ~named & ~coded,
            "urn-unknown": urn & ~facts["known"],
            "setting-invalid": coded & ~facts["sensetting"].isin(codes),
            "setting-beside-urn": named & coded,
            "unit-flags-both": both,
        }
        for slug, found in checks.items():
            issues.add(slug, module, facts[found])
        for unit, column in (("sen_unit", "senunitindicator"), ("resourced", "resourcedprovisionindicator")):
            set_here = facts[f"{unit}_flag"] & facts["known"] & urn & ~facts["listed"] & ~both
            issues.add("unit-flag-without-unit", module, facts[set_here & ~facts[f"has_{unit}"]], column)
            unset = facts[f"has_{unit}"] & facts[f"{unit}_blank"] & urn
            issues.add("unit-flag-unset", module, facts[unset], column)
        issues.add(
            "unit-flag-without-unit", module, facts[both & facts["known"] & urn & ~facts["listed"] & ~has_any]
        )

    def _by_rules(
        self, facts: pd.DataFrame, kind: str, code: pd.Series[Any], year: pd.Series[Any], age: pd.Series[Any]
    ) -> pd.Series[Any]:
        """The setting by the mapping's rules of a kind; missing where none holds."""
        setting = pd.Series(np.nan, index=facts.index, dtype=object)
        rules = self.rules[self.rules["kind"].eq(kind)]
        for rule in rules.to_dict("records"):
            holds = code.eq(rule["code"])
            if not holds.any():
                continue
            holds &= _within(year, rule.get("first_year"), rule.get("last_year"))
            holds &= _within(age, rule.get("age_from"), rule.get("age_to"))
            setting = setting.mask(holds, rule["setting"])
            # Where both indicators are set and both units exist the SEN unit goes last, so it stands.
            for unit in ("resourced", "sen_unit"):
                inside = rule[f"with_{unit}"]
                if inside:
                    setting = setting.mask(holds & facts[f"{unit}_flag"] & facts[f"has_{unit}"], inside)
        return setting

    def _locally(self, facts: pd.DataFrame, setting: pd.Series[Any]) -> pd.Series[Any]:
        """The authority's own exceptions: these URNs, all children there or those with an indicator."""
        for rule in self.local.to_dict("records"):
            here = facts["urn"].eq(rule["urn"])
            flagged = {
                "sen_unit": facts["sen_unit_flag"],
                "resourced": facts["resourced_flag"],
                "any": facts["sen_unit_flag"] | facts["resourced_flag"],
                "none": ~(facts["sen_unit_flag"] | facts["resourced_flag"]),
                "all": pd.Series(True, index=facts.index),
            }[rule["flag"]]
            setting = setting.mask(here & flagged, rule["setting"])
        return setting

    def check_units(self, leads: pd.DataFrame, issues: Issues) -> None:
        """Note units of the authority's own schools with far fewer children than are on their roll.

        `leads` are the placements of the base January: urn, setting, year.
        """
        placed = leads[leads["setting"].isin(["sen_unit", "resourced"])].groupby(["urn", "setting"]).size()
        ours = self.places.loc[self.places.index.isin(set(leads["urn"])), "la"]
        if not len(leads) or not len(ours):
            return
        home = ours.mode().iloc[0]
        for unit in ("sen_unit", "resourced"):
            roll = self.places[f"{unit}_roll"]
            asked = self.places[roll.ge(FEWEST_ON_ROLL) & self.places["la"].eq(home)]
            counts = [int(placed.get((urn, unit), 0)) for urn in asked.index]
            few = asked[pd.Series(counts, index=asked.index) < MOST_IN_UNIT * asked[f"{unit}_roll"]]
            column = "senunitonroll" if unit == "sen_unit" else "resourcedprovisiononroll"
            year = int(leads["year"].iloc[0])
            issues.add("few-placements", "establishments", few.assign(year=year), column)


def _within(value: pd.Series[Any], low: Any, high: Any) -> pd.Series[Any]:
    holds: pd.Series[Any] = pd.Series(True, index=value.index)
    if str(low or "").strip():
        holds &= value.isna() | value.ge(int(low))
    if str(high or "").strip():
        holds &= value.isna() | value.le(int(high))
    return holds


def _table(source: Any, name: str) -> pd.DataFrame:
    """A table given as a path or as columns, as text."""
    if isinstance(source, str | Path):
        try:
            for encoding in ("utf-8-sig", "cp1252"):
                try:
                    return pd.read_csv(Path(source), dtype=str, keep_default_na=False, encoding=encoding)
                except UnicodeDecodeError:
                    continue
        except (OSError, ValueError) as error:
            message = f"{Path(source).name} cannot be read: {type(error).__name__}"
            raise InputError(f"{name}: {message} [unreadable-file]") from error
    table = pd.DataFrame(source)
    return table.astype(object).where(table.notna(), "").astype(str)


def _establishments(source: Any) -> pd.DataFrame:
    """By URN: type code, whether it has a SEN unit and resourced provision, their rolls, authority, row
    position.
    """
    table = _table(source, "establishments")
    table.columns = pd.Index([head(column) for column in table.columns])
    code = next((c for c in ("typeofestablishment(code)", "typeofestablishment", "type") if c in table), None)
    name = "typeofestablishment(name)" if "typeofestablishment(name)" in table else None
    if "urn" not in table or (code is None and name is None):
        message = "the columns URN and TypeOfEstablishment (code), or (name), are needed"
        hint = "the `Establishment fields` download of Get Information about Schools has them"
        refuse([problem("missing-column", "establishments", message, hint)])
    types = setting_table().query("kind == 'establishment'")
    by_name = {plain_words(word): number for word, number in zip(types["name"], types["code"], strict=True)}
    given = table[code] if code else table[str(name)]
    number = given.str.strip().str.removesuffix(".0").str.removeprefix("0")
    places = pd.DataFrame(
        {"urn": table["urn"].str.strip().str.removesuffix(".0"), "row": range(1, len(table) + 1)}
    )
    places["type"] = number.where(number.str.fullmatch(r"\d+"), given.map(plain_words).map(by_name))
    provision = table.get("typeofresourcedprovision(name)", pd.Series("", index=table.index)).str.lower()
    for unit, words in (("sen_unit", "sen unit"), ("resourced", "resourced provision")):
        stem = "senunit" if unit == "sen_unit" else "resourcedprovision"
        rolls = [
            pd.to_numeric(table[c], errors="coerce") for c in (f"{stem}onroll", f"{stem}capacity") if c in table
        ]
        flag = table.get(stem, pd.Series("", index=table.index)).str.strip().str.lower().isin(YES)
        has = provision.str.contains(words, regex=False) | flag
        for roll in rolls:
            has |= roll.gt(0)
        places[unit] = has
        places[f"{unit}_roll"] = rolls[0] if f"{stem}onroll" in table else np.nan
    places["ukprn"] = table["ukprn"].str.strip().str.removesuffix(".0") if "ukprn" in table else ""
    places["la"] = table["la(code)"].str.strip() if "la(code)" in table else ""
    return places[places["urn"].ne("")].drop_duplicates("urn").set_index("urn")


def plain_words(text: object) -> str:
    """An establishment type without case, dashes and apostrophes."""
    return re.sub(r"[^a-z0-9]+", " ", str(text).lower().replace("'", "").replace("’", "")).strip()


def _local(source: Any) -> pd.DataFrame:
    """Local exceptions: urn, flag (any if not given), setting (partnership if not given)."""
    if source is None:
        return pd.DataFrame({"urn": [], "flag": [], "setting": []}, dtype=str)
    table = _table(source, "partnerships")
    table.columns = pd.Index([head(column) for column in table.columns])
    if "urn" not in table:
        refuse(
            [problem("missing-column", "partnerships", "column urn is missing", "its columns: urn, flag, setting")]
        )
    table = table.assign(urn=table["urn"].str.strip())
    flag = table["flag"].str.strip().str.lower() if "flag" in table else pd.Series("any", index=table.index)
    flag = flag.where(flag.ne(""), "any").replace({"resourcedprovision": "resourced", "senunit": "sen_unit"})
    wrong = sorted(set(flag) - {"sen_unit", "resourced", "any", "none", "all"})
    message = "flag must be sen_unit, resourced, any, none or all"
    refuse([problem("unknown-word", "partnerships", f"{message}, got {word!r}") for word in wrong])
    setting = table["setting"].str.strip() if "setting" in table else pd.Series("", index=table.index)
    return pd.DataFrame(
        {"urn": table["urn"], "flag": flag, "setting": setting.where(setting.ne(""), "partnership")}
    )
