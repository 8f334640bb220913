"""The checks of a return: what each finds, how grave it is, and what is assumed until it is mended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

ISSUE_COLUMNS = ["slug", "module", "year", "row", "column", "severity", "message", "assumed"]


class Check(NamedTuple):
    """One check. `severity`: error (a figure rests on the assumption), warning (hardly any does), note (no fault)."""

    slug: str
    module: str
    column: str
    severity: str
    message: str
    assumed: str


_EITHER = "plan_detail, placement_detail"

CHECKS = (
    Check("no-upn", "person", "upn", "warning", "the child has no UPN",
          "linked across Januaries by ULN, else by names and date of birth"),
    Check("upn-invalid", "person", "upn", "warning", "the UPN is not a letter, eleven digits and a letter or digit",
          "linked across Januaries by ULN, else by names and date of birth"),
    Check("upn-changed", "person", "upn", "warning", "the child had another UPN in an earlier January",
          "the same child, by ULN or by names and date of birth"),
    Check("duplicate-person", "person", "upn", "error", "an earlier row of the same January is the same child",
          "one child; the first row's details stand, the other modules' rows of both are kept"),
    Check("age-unknown", "person", "personbirthdate", "error", "age cannot be derived: no readable date of birth",
          "the date of birth of another January, else the commonest age of the child's setting"),
    Check("age-outside-0-25", "person", "personbirthdate", "error", "age at 31 August is outside 0 to 25",
          "the nearest age inside"),
    Check("birth-date-changed", "person", "personbirthdate", "warning",
          "the date of birth differs from an earlier January", "each January's own date"),
    Check("postcode-missing", "person", "postcode", "warning", "the home postcode is blank",
          "the home district of another January, else area `elsewhere`"),
    Check("postcode-invalid", "person", "postcode", "warning", "the home postcode has no outward code",
          "the home district of another January, else area `elsewhere`"),
    Check("district-not-listed", "person", "postcode", "warning", "the home district is not one of the areas",
          "area `elsewhere`"),
    Check("moved-district", "person", "postcode", "note", "the home district differs from the January before",
          "the child moved home"),
    Check("several-open-requests", "requests", "requestoutcome", "warning",
          "an earlier request of the same child is undecided too", "each is a request"),
    Check("request-outcome-invalid", "requests", "requestoutcome", "warning",
          "the outcome is not one of the return's codes", "not agreed, unless an assessment follows"),
    Check("outcome-before-request", "requests", "requestoutcomedate", "warning",
          "the decision is dated before the request", "the request's date stands"),
    Check("assessment-before-request", "assessment", "assessmentoutcomedate", "warning",
          "the assessment ended before it was asked for", "the request's date stands"),
    Check("no-named-plan", "active_plans", "", "error", "an active plan without a named plan, not transferred in",
          "in force; new if the child had no plan the January before"),
    Check("duplicate-plan", "named_plan", "startdate", "error",
          "the child has another named plan open on census day", "one plan: the one that started last"),
    Check("ceased-before-start", "named_plan", "ceasedate", "error", "the plan ceased before it started",
          "the cease date is left out if the child has an active plan, else the start date is"),
    Check("cease-reason-missing", "named_plan", "ceasereason", "error", "the plan ceased without a reason",
          "ceased, not transferred"),
    Check("cease-reason-invalid", "named_plan", "ceasereason", "error", "the reason is not a code from 1 to 9",
          "ceased, not transferred"),
    Check("cease-date-missing", "named_plan", "ceasedate", "error", "a reason to cease without a date",
          "in force if the child has an active plan, else ceased in the year of the return"),
    Check("start-date-missing", "named_plan", "startdate", "error", "the plan has no start date",
          "started in the year of the return, if the child had no plan the January before"),
    Check("start-after-census", "named_plan", "startdate", "error",
          "the plan of an active plan starts after census day", "not in force at this January"),
    Check("duplicate-active-plan", "active_plans", "", "error",
          "an earlier row is an active plan of the same child", "one plan; placements and needs of both are looked at"),
    Check("transferred-in", "active_plans", "transferla", "note", "the plan came from another authority",
          "a transfer in, if the child had no plan the January before"),
    Check("no-active-plan", "named_plan", "", "error", "a plan open on census day has no active plan",
          "in force; placement from the plan, need of an earlier January"),
    Check("active-plan-ceased", "active_plans", "", "error", "an active plan whose named plan had ceased by census day",
          "not in force"),
    Check("no-placement", "active_plans", "", "error", "no placement is open on census day",
          "the placement that the plan names, else setting `unknown`"),
    Check("several-first-placements", "placement_detail", "placementrank", "error",
          "another placement open on census day has the same first rank", "the one that began last"),
    Check("placement-rank-invalid", _EITHER, "placementrank", "warning", "the rank is not a whole number from 1",
          "ranked last"),
    Check("placement-blank", _EITHER, "urn", "error", "neither URN, UKPRN nor a setting is given",
          "setting `unknown`"),
    Check("urn-unknown", _EITHER, "urn", "error", "the URN is not in the table of establishments",
          "setting `unknown`"),
    Check("setting-invalid", _EITHER, "sensetting", "error", "the setting is not one of the return's codes",
          "setting `unknown`, unless a URN is given"),
    Check("setting-beside-urn", _EITHER, "sensetting", "warning", "a setting is given beside a URN or UKPRN",
          "the establishment decides"),
    Check("unit-flag-unset", _EITHER, "senunitindicator", "warning",
          "the establishment has a SEN unit or resourced provision and the indicator for it is blank",
          "not in the unit"),
    Check("unit-flag-without-unit", _EITHER, "senunitindicator", "error",
          "an indicator is set where the establishment has no such unit", "not in a unit: the establishment decides"),
    Check("unit-flags-both", _EITHER, "senunitindicator", "warning", "both indicators are set",
          "the SEN unit, if the establishment has one"),
    Check("left-before-entry", "placement_detail", "leavingdate", "error", "the child left before entering",
          "the leaving date is left out"),
    Check("few-placements", "establishments", "senunitonroll", "warning",
          "fewer children of the base January are placed in the unit than half of those on its roll",
          "as returned"),
    Check("need-missing", "active_plans", "", "error", "no need is given for the plan",
          "the need of an earlier January, else `UNK`"),
    Check("need-invalid", "sen_need", "sentype", "error", "the need is not one of the return's codes",
          "left out; the next in rank stands"),
    Check("need-rank-invalid", "sen_need", "sentyperank", "warning", "the rank is not a whole number from 1",
          "ranked last"),
    Check("needs-same-rank", "sen_need", "sentyperank", "warning", "an earlier row of the plan has the same rank",
          "the earlier row goes first"),
    Check("duplicate-row", "any", "", "warning", "an earlier row of the module says the same", "one of the two stands"),
    Check("orphan-row", "any", "", "error", "the row belongs to nothing in the return: its parent is not there",
          "left out"),
    Check("date-unreadable", "any", "", "error", "a date is not one", "as if blank"),
    Check("left-without-record", "active_plans", "", "error",
          "a plan of this January is gone by the next one, and no record says that it ceased",
          "ceased; counted as reconciliation"),
    Check("came-without-record", "active_plans", "", "error",
          "a plan older than the January before was not there, and no transfer is recorded",
          "a transfer in; counted as reconciliation"),
)  # fmt: skip
"""Every check, in the order of the modules. Slugs never change."""

BY_SLUG = {check.slug: check for check in CHECKS}


def check_table() -> pd.DataFrame:
    """The checks as a table: slug, module, column, severity, message, assumed."""
    return pd.DataFrame(CHECKS, columns=list(Check._fields))


@dataclass
class Issues:
    """Issues gathered while reading: positions of rows only, never what stands in them."""

    _found: list[pd.DataFrame] = field(default_factory=list)

    def add(self, slug: str, module: str, rows: pd.DataFrame, column: str | None = None) -> None:
        """Note these rows (columns year, row) under a check."""
        check = BY_SLUG[slug]
        if len(rows):
            found = rows[["year", "row"]].assign(slug=slug, module=module)
            self._found.append(found.assign(column=check.column if column is None else column))

    def table(self) -> pd.DataFrame:
        """All issues by January, module and row; columns of `ISSUE_COLUMNS`."""
        if not self._found:
            return pd.DataFrame(columns=ISSUE_COLUMNS)
        table = pd.concat(self._found, ignore_index=True).drop_duplicates()
        for part in ("severity", "message", "assumed"):
            words: dict[str, Any] = {slug: getattr(check, part) for slug, check in BY_SLUG.items()}
            table[part] = table["slug"].map(words)
        table = table.astype({"year": int, "row": int})
        return table.sort_values(["year", "module", "row", "slug"], ignore_index=True)[ISSUE_COLUMNS]
