//! Tables of provision.

use super::plans::Keys;
use crate::data::raw::RawTable;
use crate::data::sheet::{Faults, OrAll, Sheet, quoted};
use crate::data::slugs;
use crate::data::supply::{
    Counted, Status, Supply, SupplyCost, SupplyPlaces, SupplySeat, SupplySite, SupplyTravel,
};
use crate::domain::{AgeRange, Bounds, Codes, nearest};
use std::collections::BTreeSet;

/// What the tables of provision are checked against.
#[derive(Debug, Clone, Copy)]
pub struct SupplyGround<'a> {
    /// Home areas.
    pub areas: &'a Codes,
    /// Needs.
    pub needs: &'a Codes,
    /// Settings.
    pub settings: &'a Codes,
    /// January that seats are of.
    pub base_year: i32,
    /// Code of the authority; every site is in it if there is none.
    pub authority: Option<&'a str>,
}

/// Reads the tables of provision among `tables`.
pub(in crate::data) fn supply(tables: &[RawTable], ground: SupplyGround, faults: &mut Faults) -> Supply {
    let table = |name: &str| tables.iter().find(|table| table.name == name);
    let mut supply = Supply::default();
    let mut named = BTreeSet::new();
    if let Some(table) = table("sites") {
        supply.sites = sites(&mut Sheet::new(table, faults), ground);
        let codes = table.column("site").into_iter().flat_map(|column| &column.values);
        named.extend(codes.map(|code| code.trim().to_string()));
    }
    let known = Known { sites: &supply.sites, named: &named };
    if let Some(table) = table("places") {
        let mut sheet = Sheet::new(table, faults);
        supply.places = places(&mut sheet, known, ground);
        sites_without_places(&mut sheet, known.sites, &supply.places);
    }
    if let Some(table) = table("occupied") {
        supply.occupied = Some(occupied(&mut Sheet::new(table, faults), known, ground));
    }
    if let Some(table) = table("travel") {
        supply.travel = travel(&mut Sheet::new(table, faults), known, ground);
    }
    if let Some(table) = table("costs") {
        supply.costs = costs(&mut Sheet::new(table, faults), ground);
    }
    supply
}

fn sites(sheet: &mut Sheet, ground: SupplyGround) -> Vec<SupplySite> {
    let mut sites = vec![];
    let mut keys = Keys::new();
    for row in 0..sheet.table.rows() {
        let code = sheet.text(row, "site").map(str::to_string);
        let setting = sheet.code(row, "setting", ground.settings);
        let authority = sheet.text(row, "authority");
        let needs = needs(sheet, row, ground.needs);
        let ages = ages(sheet, row, None, true);
        let area = optional(sheet, row, "area").map(|_| sheet.code(row, "area", ground.areas));
        let point = point(sheet, row);
        let tolerance = share(sheet, row, "tolerance");
        if area.is_none() && point.is_none() {
            let hint = "give the area where it stands, or latitude and longitude";
            sheet.fault(slugs::SITE_NOWHERE, row, "area", "the site has no area and no coordinates".into(), hint);
        }
        if let Some(code) = &code {
            keys.add(sheet, row, "site", code.clone());
        }
        let text = |column| sheet.cell(row, column).unwrap_or_default().to_string();
        let (name, host) = (text("name"), text("host"));
        let (Some(code), Some(setting), Some(authority)) = (code, setting, authority) else { continue };
        let (Some(needs), Some(ages), Some(tolerance)) = (needs, ages, tolerance) else { continue };
        let in_authority = ground.authority.is_none_or(|ours| ours == authority);
        let area = area.flatten();
        sites.push(SupplySite { code, name, setting, in_authority, area, point, needs, ages, host, tolerance });
    }
    sites
}

/// The text of a cell that may be blank or missing.
fn optional<'a>(sheet: &Sheet<'a>, row: usize, column: &str) -> Option<&'a str> {
    sheet.cell(row, column).filter(|text| !text.is_empty())
}

/// Needs of a list such as `ASD;SEMH`. A compound such as `ASD+SLD` that is no need of its own admits the children of
/// either: a plan has one primary need.
fn needs(sheet: &mut Sheet, row: usize, codes: &Codes) -> Option<Vec<usize>> {
    let text = sheet.text(row, "needs")?;
    let mut found = BTreeSet::new();
    let mut known = true;
    for word in text.split(';').map(str::trim) {
        let parts: Vec<&str> = if codes.position(word).is_some() { vec![word] } else { word.split('+').collect() };
        for part in parts.into_iter().map(str::trim) {
            if let Some(need) = codes.position(part) {
                found.insert(need);
                continue;
            }
            known = false;
            let hint = codes.nearest(part).map_or(String::new(), |near| format!("did you mean {}?", quoted(near)));
            sheet.fault(slugs::UNKNOWN_NEED, row, "needs", format!("need {} is not known", quoted(part)), &hint);
        }
    }
    known.then(|| found.into_iter().collect())
}

/// Ages from `age_from` to `age_to`; `own` where both are blank and may be.
fn ages(sheet: &mut Sheet, row: usize, own: Option<AgeRange>, needed: bool) -> Option<AgeRange> {
    let (from, to) = (optional(sheet, row, "age_from"), optional(sheet, row, "age_to"));
    if (from, to) == (None, None) && !needed {
        return own;
    }
    let age = |text: Option<&str>| text.and_then(|t| t.strip_suffix(".0").unwrap_or(t).parse::<u8>().ok());
    let range = age(from).zip(age(to)).and_then(|(from, to)| AgeRange::new(from, to));
    if range.is_none() {
        let message = "age_from and age_to must be whole years from 0 to 25, the first not above the second";
        sheet.fault(
            slugs::BAD_AGE,
            row,
            "age_from",
            message.into(),
            "age is whole years on 31 August before the census",
        );
    }
    range
}

fn number(sheet: &mut Sheet, row: usize, column: &str, bounds: &str) -> Option<f64> {
    let text = sheet.text(row, column)?;
    let rule = Bounds::of(bounds);
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && rule.admit(value) => Some(value),
        Ok(value) if value.is_finite() => {
            sheet.fault(slugs::OUT_OF_BOUNDS, row, column, rule.rule(), "");
            None
        }
        _ => {
            sheet.fault(slugs::NOT_A_NUMBER, row, column, format!("{column} must be a number"), "");
            None
        }
    }
}

fn share(sheet: &mut Sheet, row: usize, column: &str) -> Option<f64> {
    if optional(sheet, row, column).is_none() { Some(0.0) } else { number(sheet, row, column, "tolerance") }
}

fn point(sheet: &mut Sheet, row: usize) -> Option<(f64, f64)> {
    let given = ["latitude", "longitude"].map(|column| optional(sheet, row, column));
    if given == [None, None] {
        return None;
    }
    let [latitude, longitude] = given.map(|text| text.and_then(|text| text.parse::<f64>().ok()));
    let point = latitude.zip(longitude).filter(|(north, east)| north.abs() <= 90.0 && east.abs() <= 180.0);
    if point.is_none() {
        let message = "latitude and longitude must both be degrees".into();
        sheet.fault(slugs::BAD_COORDINATE, row, "latitude", message, "such as 53.80 and -1.55");
    }
    point
}

/// Sites that other tables may name; one whose own row is at fault is known, and reported there alone.
#[derive(Clone, Copy)]
struct Known<'a> {
    sites: &'a [SupplySite],
    named: &'a BTreeSet<String>,
}

/// The position of a site named in another table.
fn site(sheet: &mut Sheet, row: usize, known: Known) -> Option<usize> {
    let text = sheet.text(row, "site")?;
    let found = known.sites.iter().position(|site| site.code == text);
    if found.is_none() && !known.named.contains(text) {
        let near = nearest(text, known.named.iter().map(String::as_str));
        let hint =
            near.map_or("give it a row in sites".to_string(), |near| format!("did you mean {}?", quoted(near)));
        sheet.fault(slugs::UNKNOWN_SITE, row, "site", format!("site {} is not in sites", quoted(text)), &hint);
    }
    found
}

fn word<T: Copy>(sheet: &mut Sheet, row: usize, column: &str, words: &[(&str, T)]) -> Option<T> {
    let text = sheet.text(row, column)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|&(_, value)| value);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("{column} must be one of {}, got {}", known.join(", "), quoted(text));
        let near = nearest(text, known.into_iter()).map_or(String::new(), |near| format!("did you mean {near}?"));
        sheet.fault(slugs::UNKNOWN_WORD, row, column, message, &near);
    }
    found
}

const STATUSES: [(&str, Status); 3] =
    [("open", Status::Open), ("approved", Status::Approved), ("proposed", Status::Proposed)];
const COUNTS: [(&str, Counted); 4] = [
    ("commissioned", Counted::Commissioned),
    ("capacity", Counted::Physical),
    ("physical", Counted::Physical),
    ("roll", Counted::Roll),
];

fn places(sheet: &mut Sheet, known: Known, ground: SupplyGround) -> Vec<SupplyPlaces> {
    let mut rows = vec![];
    let mut keys = Keys::new();
    for row in 0..sheet.table.rows() {
        let site = site(sheet, row, known);
        let (year, places) = (sheet.year(row, "year"), sheet.count(row, "places", "places"));
        let status = word(sheet, row, "status", &STATUSES);
        let counted = word(sheet, row, "counted_as", &COUNTS);
        let blank = optional(sheet, row, "held_for_others").is_none();
        let held = if blank { Some(0) } else { sheet.count(row, "held_for_others", "places") };
        let whole = site.map(|site| &known.sites[site]);
        let ages = ages(sheet, row, whole.map(|site| site.ages), false);
        let needs = match (optional(sheet, row, "needs"), whole) {
            (None, site) => site.map(|site| site.needs.clone()),
            _ => needs(sheet, row, ground.needs),
        };
        let (Some(site), Some(year), Some(status), Some(counted)) = (site, year, status, counted) else {
            continue;
        };
        let (Some(ages), Some(needs)) = (ages, needs) else { continue };
        keys.add(sheet, row, "year", (site, year, counted as u8, ages, needs.clone()));
        let (Some(places), Some(held)) = (places, held) else { continue };
        if held > places {
            let message = format!("{held} of {places} places are held for others");
            sheet.fault(
                slugs::HELD_ABOVE_PLACES,
                row,
                "held_for_others",
                message,
                "hold at most the places there are",
            );
        }
        rows.push(SupplyPlaces { site, year, places, status, counted, held, ages, needs, row: row + 1 });
    }
    rows
}

fn sites_without_places(sheet: &mut Sheet, sites: &[SupplySite], places: &[SupplyPlaces]) {
    for (at, site) in sites.iter().enumerate() {
        if !places.iter().any(|row| row.site == at && row.counted != Counted::Roll) {
            let message = format!("site {} has no row of places", quoted(&site.code));
            let hint = "give its places from some January on, or leave the site out";
            sheet.fault(slugs::SITE_WITHOUT_PLACES, 0, "site", message, hint);
        }
    }
}

fn occupied(sheet: &mut Sheet, known: Known, ground: SupplyGround) -> Vec<SupplySeat> {
    let mut rows = vec![];
    let mut keys = Keys::new();
    let mut of_base_year = false;
    for row in 0..sheet.table.rows() {
        let site = site(sheet, row, known);
        let (year, ages) = (sheet.year(row, "year"), sheet.ages(row, "age"));
        let need = sheet.code(row, "need", ground.needs);
        let plans = sheet.count(row, "plans", "plans");
        of_base_year |= year == Some(ground.base_year);
        if let Some(ages) = ages.filter(|ages| ages.from != ages.to) {
            let message = format!("age must be a single year here, got {ages}");
            sheet.fault(slugs::BAD_AGE, row, "age", message, "give one row for each age");
            continue;
        }
        let (Some(site), Some(year), Some(ages), Some(need)) = (site, year, ages, need) else { continue };
        keys.add(sheet, row, "plans", (site, year, ages, need));
        let Some(plans) = plans else { continue };
        if year == ground.base_year {
            rows.push(SupplySeat { site, age: usize::from(ages.from), need, plans });
        }
    }
    if !of_base_year && sheet.table.rows() > 0 {
        let message = format!("no row is of the base year {}", ground.base_year);
        sheet.fault(
            slugs::OCCUPIED_NOT_BASE,
            0,
            "year",
            message,
            "give who sits where in the base year, or leave the table out",
        );
    }
    rows
}

fn travel(sheet: &mut Sheet, known: Known, ground: SupplyGround) -> Vec<SupplyTravel> {
    let mut rows = vec![];
    let mut keys = Keys::new();
    let mut found = BTreeSet::new();
    for row in 0..sheet.table.rows() {
        let (area, site) = (sheet.code(row, "area", ground.areas), site(sheet, row, known));
        let [minutes, km] = ["minutes", "km"].map(|column| number(sheet, row, column, "travel"));
        let (Some(area), Some(site)) = (area, site) else { continue };
        keys.add(sheet, row, "site", (area, site));
        found.insert((area, site));
        let (Some(minutes), Some(km)) = (minutes, km) else { continue };
        rows.push(SupplyTravel { area, site, minutes, km });
    }
    for (area, code) in ground.areas.iter().enumerate() {
        for (at, site) in known.sites.iter().enumerate() {
            if found.contains(&(area, at)) {
                continue;
            }
            let message = format!("the way from {} to site {} is missing", quoted(code), quoted(&site.code));
            sheet.fault(
                slugs::TRAVEL_MISSING,
                0,
                "site",
                message,
                "give every area and site, or leave the table out",
            );
        }
    }
    rows
}

fn costs(sheet: &mut Sheet, ground: SupplyGround) -> Vec<SupplyCost> {
    let mut rows = vec![];
    let mut keys = Keys::new();
    for row in 0..sheet.table.rows() {
        let setting = sheet.code(row, "setting", ground.settings);
        let need = sheet.code_or_all(row, "need", ground.needs);
        let pounds = ["place_filled", "place_empty", "top_up", "transport"]
            .map(|column| number(sheet, row, column, "cost").unwrap_or_default());
        let (Some(setting), Some(OrAll(need))) = (setting, need) else { continue };
        keys.add(sheet, row, "setting", (setting, need));
        rows.push(SupplyCost { setting, need, pounds });
    }
    rows
}
