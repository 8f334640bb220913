//! Places that open and close.

use super::change::{AddPlaces, HowMany, NewSite, RemovePlaces, WhichSite};
use super::check::Reader;
use crate::calibration::{by_planning_area, estimated_km, nearest_area, nothing_located, part_name};
use crate::case::CaseRows;
use crate::domain::{Bounds, nearest};
use crate::numeric::largest_remainder;
use crate::provision::{CountedAs, Fill, Opening, PlacesRow, ProvisionRows, Role, SiteRow};

/// Parts of a site, as positions in the rows.
fn parts(rows: &ProvisionRows, code: &str, field: &str, reader: &mut Reader) -> Vec<usize> {
    let found: Vec<usize> = (0..rows.sites.len()).filter(|&at| rows.sites[at].code == code).collect();
    if found.is_empty() {
        let near = nearest(code, rows.sites.iter().map(|site| site.code.as_str()));
        let short: String = code.chars().take(60).collect();
        let hint = near.map_or("there are no sites".to_string(), |near| format!("did you mean {near}?"));
        let problem = reader.lines.problem(field, "unknown-site", format!("site {short:?} is not known"));
        reader.problems.push(problem.hint(hint));
    }
    found
}

/// Commissioned places of a site in a January, as rows give them: openings are not among them.
fn standing(site: &SiteRow, year: i32) -> u32 {
    let figures = site.places.iter().filter(|row| row.year <= year && row.counted_as == CountedAs::Commissioned);
    figures.max_by_key(|row| row.year).map_or(0, |row| row.places)
}

/// `places` over the parts of a site, in proportion to what they have in a January; evenly if none has any.
fn over_parts(rows: &ProvisionRows, parts: &[usize], year: i32, places: u32) -> Vec<u32> {
    let weights: Vec<f64> = parts.iter().map(|&at| f64::from(standing(&rows.sites[at], year))).collect();
    let total: f64 = weights.iter().sum();
    let share =
        |weight: &f64| f64::from(places) * if total > 0.0 { weight / total } else { 1.0 / parts.len() as f64 };
    largest_remainder(&weights.iter().map(share).collect::<Vec<_>>(), places)
}

/// New places.
pub(super) fn add(change: &AddPlaces, case: &mut CaseRows, reader: &mut Reader) {
    let opens = reader.month("opens", &change.opens);
    let fill = match (&change.ramp, change.fill) {
        (Some(_), Some(_)) => {
            reader.fault("fill", "bad-ramp", "give a ramp or fill, not both");
            Fill::EntryYears
        }
        (Some(ramp), None) => {
            let rises = ramp.windows(2).all(|pair| pair[0] <= pair[1]);
            let shares = ramp.iter().all(|share| (0.0..=1.0).contains(share));
            if !(rises && shares && ramp.last().is_some_and(|&last| last >= 1.0)) {
                reader.fault("ramp", "bad-ramp", "a ramp's shares rise from 0 or more and end at 1");
            }
            Fill::Shares(ramp.clone())
        }
        (None, Some(_)) => Fill::EntryYears,
        (None, None) => Fill::Shares(vec![1.0]),
    };
    let delay = delay(change, reader);
    let mut provision = case.provision.take().unwrap_or_default();
    let parts = match &change.site {
        WhichSite::Known(code) => {
            let parts = parts(&provision, code, "site", reader);
            one_part(change, parts, case, &mut provision, reader)
        }
        WhichSite::New(_) if !change.needs.is_empty() || change.age_from.is_some() || change.age_to.is_some() => {
            reader.fault("needs", "unknown-field", "needs and ages of a new site stand inside it");
            vec![]
        }
        WhichSite::New(site) => new_site(site, case, &mut provision, reader).into_iter().collect(),
    };
    if let Some((year, month)) = opens.filter(|_| !parts.is_empty()) {
        let opening = Opening { year, month, places: change.places, fill, delay };
        let shares = over_parts(&provision, &parts, opening.first_census() - 1, change.places);
        for (&at, places) in parts.iter().zip(shares) {
            provision.sites[at].openings.push(Opening { places, ..opening.clone() });
        }
    }
    case.provision = Some(provision);
}

/// The part that a change names by needs and ages, a new one if the site has none such; all parts if it names none.
fn one_part(
    change: &AddPlaces,
    parts: Vec<usize>,
    case: &CaseRows,
    provision: &mut ProvisionRows,
    reader: &mut Reader,
) -> Vec<usize> {
    let named = !change.needs.is_empty() || change.age_from.is_some() || change.age_to.is_some();
    let (true, Some(&first)) = (named, parts.first()) else { return parts };
    let own = |pick: fn(&SiteRow) -> u8, fold: fn(u8, u8) -> u8| {
        parts.iter().map(|&at| pick(&provision.sites[at])).reduce(fold).unwrap_or_default()
    };
    let from = change.age_from.unwrap_or_else(|| own(|site| site.ages.from, u8::min));
    let to = change.age_to.unwrap_or_else(|| own(|site| site.ages.to, u8::max));
    let ages = reader.ages("age_from", from, to);
    let mut needs = reader.codes("needs", &change.needs, &case.world.needs);
    if change.needs.is_empty() {
        needs = parts.iter().flat_map(|&at| provision.sites[at].needs.clone()).collect();
        needs.sort_unstable();
        needs.dedup();
    }
    let same = |at: &&usize| provision.sites[**at].ages == ages && provision.sites[**at].needs == needs;
    if let Some(&at) = parts.iter().find(same) {
        return vec![at];
    }
    let part = part_name(ages, &needs);
    let row = SiteRow { part, ages, needs, places: vec![], openings: vec![], ..provision.sites[first].clone() };
    provision.sites.push(row);
    vec![provision.sites.len() - 1]
}

fn delay(change: &AddPlaces, reader: &mut Reader) -> Vec<(u8, f64)> {
    let mut delay = vec![];
    for (years, &share) in &change.delay_years {
        match years.parse::<u8>().ok().filter(|&years| years <= 20) {
            Some(years) => delay.push((years, share)),
            None => reader.fault("delay_years", "bad-delay", "years of a delay are whole, from 0 to 20"),
        }
    }
    delay.sort_by_key(|&(years, _)| years);
    let total: f64 = delay.iter().map(|(_, share)| share).sum();
    let shares = delay.iter().all(|(_, share)| (0.0..=1.0).contains(share));
    if !delay.is_empty() && (!shares || (total - 1.0).abs() > 1e-6) {
        reader.fault("delay_years", "bad-delay", "chances of a delay must be from 0 to 1 and sum to 1");
    }
    delay
}

/// Adds a site to the rows; its position.
fn new_site(site: &NewSite, case: &CaseRows, provision: &mut ProvisionRows, reader: &mut Reader) -> Option<usize> {
    let world = &case.world;
    let setting = reader.code("site", &site.setting, &world.settings);
    let needs = reader.codes("site", &site.needs, &world.needs);
    let ages = reader.ages("site", site.age_from, site.age_to);
    if site.needs.is_empty() {
        reader.fault("site", "site-admits-nobody", "a new site admits at least one need");
    }
    if provision.sites.iter().any(|known| known.code == site.id) {
        let message = format!("site {:?} is there already: name it by its code to add places", site.id);
        reader.fault("site", "site-twice", message);
    }
    if !(0.0..=1.0).contains(&site.tolerance) {
        reader.fault("site", "out-of-range", "tolerance is a share, from 0 to 1");
    }
    if setting.is_some_and(|setting| world.roles()[setting] != Role::Seeks) {
        let message = "the setting of a site must be specialist, with places that authorities commission";
        reader.fault("site", "site-setting", message);
    }
    let at = site.area.as_ref().and_then(|area| world.areas.position(area));
    let unlocated = nothing_located(world, &case.points) && provision.sites.iter().all(|site| site.km.is_empty());
    let km = if unlocated && site.area.is_some() {
        reader.code("site", site.area.as_ref()?, &world.areas)?;
        vec![]
    } else {
        kilometres(site, case, reader)?
    };
    // Where the authority gives minutes, those of a new site are estimated at the mean speed of its table.
    let known: (f64, f64) = provision.sites.iter().fold((0.0, 0.0), |(minutes, km), site| {
        (minutes + site.minutes.iter().sum::<f64>(), km + site.km.iter().sum::<f64>())
    });
    let in_minutes = known.0 > 0.0 && known.1 > 0.0;
    let minutes: Vec<f64> = if in_minutes { km.iter().map(|km| km * known.0 / known.1).collect() } else { vec![] };
    provision.sites.push(SiteRow {
        code: site.id.clone(),
        part: String::new(),
        setting: setting?,
        needs,
        ages,
        tolerance: site.tolerance,
        in_authority: true,
        area: at.or(nearest_area(&km)),
        travel: match (in_minutes, km.is_empty()) {
            (true, _) => minutes.clone(),
            (false, true) => by_planning_area(at, world),
            (false, false) => km.clone(),
        },
        km,
        minutes,
        places: vec![],
        openings: vec![],
    });
    Some(provision.sites.len() - 1)
}

/// Kilometres from each area to a new site: as given, else estimated from coordinates.
fn kilometres(site: &NewSite, case: &CaseRows, reader: &mut Reader) -> Option<Vec<f64>> {
    let areas = &case.world.areas;
    let area = site.area.as_ref().map(|area| reader.code("site", area, areas));
    if let Some(given) = &site.km {
        for area in given.keys() {
            let _ = reader.code("site", area, areas);
        }
        let known: Option<Vec<f64>> = areas.iter().map(|area| given.get(area).copied()).collect();
        if !known.iter().flatten().all(|&km| Bounds::of("travel").admit(km)) || known.is_none() {
            reader.fault("site", "travel-missing", "km must give the kilometres from every area, 0 or more");
        }
        return known;
    }
    let point = site.latitude.zip(site.longitude).or(area.flatten().and_then(|area| case.points[area]));
    let km = estimated_km(point, &case.points);
    if km.is_none() && area != Some(None) {
        let message = "how far the new site is from each area is not known: areas and site need coordinates, or give \
                       km = { area = kilometres, .. }";
        reader.fault("site", "travel-missing", message);
    }
    km
}

/// Places that close: every later figure of commissioned places is lower by as many.
pub(super) fn remove(change: &RemovePlaces, case: &mut CaseRows, reader: &mut Reader) {
    let closes = reader.month("closes", &change.closes);
    let mut provision = case.provision.take().unwrap_or_default();
    let parts = parts(&provision, &change.site, "site", reader);
    if let Some((year, month)) = closes.filter(|_| !parts.is_empty()) {
        let first = year + i32::from(month > 1);
        let there: u32 = parts.iter().map(|&at| standing(&provision.sites[at], first)).sum();
        let opening = parts.iter().any(|&at| !provision.sites[at].openings.is_empty());
        let places = match &change.places {
            HowMany::Places(places) => *places,
            HowMany::Word(word) if word == "all" => there,
            HowMany::Word(_) => {
                reader.fault("places", "bad-value", "places is a number or \"all\"");
                0
            }
        };
        if opening {
            let message = "an earlier change opens places at this site: two changes fight over the same places";
            reader.fault("site", "changes-fight", message);
        } else if places > there || there == 0 {
            let message = format!("{places} places close, but the site has {there} in January {first}");
            reader.fault("places", "changes-fight", message);
        } else {
            let closing = over_parts(&provision, &parts, first, places);
            for (&at, closing) in parts.iter().zip(closing) {
                close(&mut provision.sites[at], first, closing, reader);
            }
        }
    }
    case.provision = Some(provision);
}

fn close(site: &mut SiteRow, first: i32, closing: u32, reader: &mut Reader) {
    let carried = site
        .places
        .iter()
        .filter(|row| row.year < first && row.counted_as == CountedAs::Commissioned)
        .max_by_key(|row| row.year)
        .cloned();
    let later = |row: &PlacesRow| row.year >= first && row.counted_as == CountedAs::Commissioned;
    if !site.places.iter().any(|row| later(row) && row.year == first) {
        site.places.extend(carried.map(|row| PlacesRow { year: first, ..row }));
    }
    for row in site.places.iter_mut().filter(|row| later(row)) {
        if row.places < closing {
            reader.fault("places", "changes-fight", format!("the site has fewer places in January {}", row.year));
        }
        row.places = row.places.saturating_sub(closing);
        row.held_for_others = row.held_for_others.min(row.places);
    }
}
