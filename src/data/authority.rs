//! `authority.toml`: who, when, and the lists of codes.

use super::inputs::{Authority, Event, EventKind, Flag, Source};
use super::sheet::{Faults, quoted};
use super::slugs;
use crate::domain::{AgeRange, Bounds, Codes, MAX_AGE, Need, NeedGroup, Setting, nearest};
use crate::error::Problem;
use serde::Deserialize;

/// The schema this release reads.
const SCHEMA: &str = "1.";
/// What a figure can rest on.
const STATUSES: [&str; 5] = ["published", "derived", "inferred", "synthetic", "own"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    name: String,
    code: String,
    base_year: i32,
    price_year: Option<i32>,
    currency: Option<String>,
    #[serde(default)]
    sources: Vec<SourceEntry>,
    #[serde(default)]
    flags: Vec<FlagEntry>,
    #[serde(default)]
    events: Vec<EventEntry>,
    settings: Option<Vec<SettingEntry>>,
    needs: Option<Vec<NeedEntry>>,
    latent: Option<Latent>,
    #[serde(rename = "returns")]
    _returns: Option<Returns>,
}

/// Read from the text again by the reporting standards.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Returns {
    #[serde(default, rename = "la_number")]
    _la_number: String,
    #[serde(default, rename = "region_code")]
    _region_code: String,
    #[serde(default, rename = "country_code")]
    _country_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceEntry {
    table: String,
    #[serde(default)]
    part: String,
    status: String,
    source: String,
    #[serde(default)]
    licence: String,
    #[serde(default)]
    age_base: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventEntry {
    kind: String,
    year: i32,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlagEntry {
    flag: String,
    #[serde(default)]
    table: String,
    #[serde(default)]
    years: Vec<i32>,
    #[serde(default)]
    meaning: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedEntry {
    code: String,
    #[serde(default)]
    name: String,
    group: String,
}

/// `scap` and `dsg` are read from the text again by the reporting standards.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingEntry {
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    specialist: bool,
    #[serde(default)]
    commissioned: bool,
    #[serde(default)]
    age_from: u8,
    #[serde(default = "oldest")]
    age_to: u8,
    #[serde(default, rename = "scap")]
    _scap: String,
    #[serde(default, rename = "dsg")]
    _dsg: String,
}

fn oldest() -> u8 {
    MAX_AGE
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Latent {
    #[serde(default)]
    psi: toml::Table,
}

/// Reads the text; area codes are filled in later. `None` if it cannot be read at all.
pub(super) fn read(text: &str, faults: &mut Faults) -> Option<(Authority, Vec<Flag>)> {
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            faults.add(toml_problem(text, &error));
            return None;
        }
    };
    if !file.schema.starts_with(SCHEMA) {
        let message = format!("schema must be {SCHEMA}x, got {}", quoted(&file.schema));
        faults.add(at_key(slugs::NEWER_SCHEMA, "schema", message));
    }
    for (key, year) in [("base_year", file.base_year), ("price_year", file.price_year.unwrap_or(file.base_year))] {
        if !Bounds::of("year").admit(f64::from(year)) {
            faults.add(at_key(slugs::BAD_YEAR, key, format!("{key} must be a year such as 2025, got {year}")));
        }
    }
    for (key, value) in [("name", &file.name), ("code", &file.code)] {
        if value.trim().is_empty() {
            faults.add(at_key(slugs::BAD_AUTHORITY, key, format!("{key} is blank")));
        }
    }
    let mut flags: Vec<Flag> = file.flags.iter().map(flag).collect();
    if file.sources.is_empty() {
        flags.push(super::new_flag(slugs::SOURCES_MISSING, "authority", vec![]));
    }
    let needs = needs(file.needs, faults);
    let settings = settings(file.settings, faults);
    let need_codes = codes("need", needs.iter().map(|need| need.code.as_str()), faults)?;
    let setting_codes = codes("setting", settings.iter().map(|setting| setting.code.as_str()), faults)?;
    let psi = psi(file.latent, &setting_codes, &need_codes, faults);
    let authority = Authority {
        name: file.name.trim().into(),
        code: file.code.trim().into(),
        base_year: file.base_year,
        price_year: file.price_year.unwrap_or(file.base_year),
        currency: file.currency.unwrap_or_else(|| "GBP".into()),
        needs: in_order(needs, &need_codes, |need| &need.code),
        settings: in_order(settings, &setting_codes, |setting| &setting.code),
        area_codes: Codes::new("area", &[]).ok()?,
        need_codes,
        setting_codes,
        psi,
        sources: file.sources.into_iter().map(|entry| source(entry, faults)).collect(),
        events: file.events.iter().filter_map(|entry| event(entry, faults)).collect(),
    };
    Some((authority, flags))
}

fn at_key(slug: &'static str, key: &str, message: String) -> Problem {
    let mut problem = Problem::new(slug, "authority", message);
    problem.column = Some(key.chars().take(40).collect());
    problem
}

fn toml_problem(text: &str, error: &toml::de::Error) -> Problem {
    // The parser's message may repeat a whole hostile line.
    let message: String = error.message().chars().take(300).collect();
    let mut problem = Problem::new(slugs::BAD_AUTHORITY, "authority", message.replace('\n', " "));
    problem.row = error
        .span()
        .map(|span| text.as_bytes()[..span.start.min(text.len())].split(|&byte| byte == b'\n').count());
    problem.hint("row is the line of authority.toml; it needs schema, name, code, base_year")
}

fn flag(entry: &FlagEntry) -> Flag {
    let meaning = match slugs::meaning(&entry.flag) {
        Some(known) if entry.meaning.is_empty() => known.into(),
        _ => entry.meaning.clone(),
    };
    Flag { slug: entry.flag.clone(), table: entry.table.clone(), years: entry.years.clone(), meaning }
}

fn event(entry: &EventEntry, faults: &mut Faults) -> Option<Event> {
    let kinds = [("clear_out", EventKind::ClearOut), ("regime", EventKind::Regime)];
    if entry.reason.trim().is_empty() {
        faults.add(at_key(slugs::BAD_AUTHORITY, "events", "an event needs a reason".into()));
    }
    if !Bounds::of("year").admit(f64::from(entry.year)) {
        let message = format!("an event's year must be a year such as 2024, got {}", entry.year);
        faults.add(at_key(slugs::BAD_YEAR, "events", message));
    }
    let kind = kinds.iter().find(|(code, _)| *code == entry.kind).map(|(_, kind)| *kind);
    if kind.is_none() {
        let message = format!("kind of event {} is not known: clear_out or regime", quoted(&entry.kind));
        faults.add(at_key(slugs::BAD_AUTHORITY, "events", message));
    }
    Some(Event { kind: kind?, year: entry.year })
}

fn source(entry: SourceEntry, faults: &mut Faults) -> Source {
    if !STATUSES.contains(&entry.status.as_str()) {
        let message =
            format!("status {} is not known (source of {})", quoted(&entry.status), quoted(&entry.table));
        let near = nearest(&entry.status, STATUSES.into_iter()).unwrap_or_default();
        faults.add(at_key(slugs::BAD_AUTHORITY, "sources", message).hint(format!("did you mean {near}?")));
    }
    let SourceEntry { table, part, status, source, licence, age_base } = entry;
    Source { table, part, status, source, licence, age_base }
}

fn needs(entries: Option<Vec<NeedEntry>>, faults: &mut Faults) -> Vec<Need> {
    let Some(entries) = entries else { return Need::defaults() };
    let mut needs = vec![];
    for NeedEntry { code, name, group } in entries {
        if let Some(group) = NeedGroup::parse(&group) {
            needs.push(Need { code, name, group });
        } else {
            let near = nearest(&group, NeedGroup::ALL.iter().map(|group| group.code())).unwrap_or_default();
            let message = format!("group {} of need {} is not known", quoted(&group), quoted(&code));
            faults.add(at_key(slugs::BAD_CODE_LIST, "needs", message).hint(format!("did you mean {near}?")));
        }
    }
    needs
}

fn settings(entries: Option<Vec<SettingEntry>>, faults: &mut Faults) -> Vec<Setting> {
    let Some(entries) = entries else { return Setting::defaults() };
    let mut settings = vec![];
    for entry in entries {
        if let Some(ages) = AgeRange::new(entry.age_from, entry.age_to) {
            settings.push(Setting {
                code: entry.code,
                name: entry.name,
                specialist: entry.specialist,
                commissioned: entry.commissioned,
                ages,
            });
        } else {
            let message = format!("ages of setting {} must be a range within 0 to 25", quoted(&entry.code));
            faults.add(at_key(slugs::BAD_CODE_LIST, "settings", message));
        }
    }
    settings
}

/// The codes of a list, or `None` with the problem reported.
pub(super) fn codes<'a>(
    kind: &'static str,
    list: impl Iterator<Item = &'a str>,
    faults: &mut Faults,
) -> Option<Codes> {
    let list: Vec<String> = list.map(String::from).collect();
    let key = if kind == "need" { "needs" } else { "settings" };
    let rule = Bounds::of(key);
    // `+` joins the parts of a compound need such as `ASD+SLD`.
    let plus = |code: &str| kind != "need" && code.contains('+');
    let wrong =
        |code: &&String| code.is_empty() || *code == "all" || plus(code) || code.contains([';', '\n', ',']);
    if let Some(code) = list.iter().find(wrong) {
        let message = format!("{kind} code {} cannot be used", quoted(code));
        faults.add(
            at_key(slugs::BAD_CODE_LIST, key, message)
                .hint("codes hold no ; or comma, are not `all`, and only needs hold a +"),
        );
        return None;
    }
    if !rule.admit(list.len() as f64) {
        faults.add(at_key(slugs::BAD_CODE_LIST, key, format!("{}, got {}", rule.rule(), list.len())));
        return None;
    }
    match Codes::new(kind, &list) {
        Ok(codes) => Some(codes),
        Err(code) => {
            let message = format!("{kind} code {} stands twice", quoted(&code));
            faults.add(at_key(slugs::BAD_CODE_LIST, key, message));
            None
        }
    }
}

fn in_order<T>(mut list: Vec<T>, codes: &Codes, code: impl Fn(&T) -> &String) -> Vec<T> {
    list.sort_by_key(|entry| codes.position(code(entry)));
    list
}

fn psi(latent: Option<Latent>, settings: &Codes, needs: &Codes, faults: &mut Faults) -> Vec<(String, f64)> {
    let mut shares = vec![];
    for (key, value) in latent.map(|latent| latent.psi).unwrap_or_default() {
        // `"mainstream.SEMH" = 0.08` and `mainstream = { SEMH = 0.08 }` say the same.
        if settings.position(key.split_once('.').map_or(key.as_str(), |(setting, _)| setting)).is_none() {
            let near = settings.nearest(&key).unwrap_or_default();
            let message = format!("setting {} of latent.psi is not known", quoted(&key));
            faults
                .add(at_key(slugs::UNKNOWN_SETTING, "latent.psi", message).hint(format!("did you mean {near}?")));
        }
        let entries: Vec<(String, toml::Value)> = match value {
            toml::Value::Table(by_need) => {
                by_need.into_iter().map(|(need, share)| (format!("{key}.{need}"), share)).collect()
            }
            share => vec![(key, share)],
        };
        for (name, value) in entries {
            if let Some((_, need)) = name.split_once('.').filter(|(_, need)| needs.position(need).is_none()) {
                let near = needs.nearest(need).unwrap_or_default();
                let message = format!("need {} of latent.psi is not known", quoted(need));
                faults
                    .add(at_key(slugs::UNKNOWN_NEED, "latent.psi", message).hint(format!("did you mean {near}?")));
            }
            match value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)) {
                Some(share) if (0.0..=1.0).contains(&share) => shares.push((name, share)),
                _ => {
                    let message = format!("psi of {} must be a share from 0 to 1", quoted(&name));
                    faults.add(at_key(slugs::BAD_SHARE, "latent.psi", message));
                }
            }
        }
    }
    shares
}
