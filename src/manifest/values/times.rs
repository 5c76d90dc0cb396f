//! Dates and times. TOML has both, so neither is a string here.

use super::{FromToml, Wrong, schema};
use crate::model::Moment;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset as Zone;
use toml::de::DeValue;
use toml::value::{Datetime, Offset};

schema!(Moment, { "type": "string", "format": "date-time" });

impl FromToml for Moment {
    const EXPECTED: &'static str = "a date-time with an offset";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let DeValue::Datetime(at) = value else {
            let help = match value.as_str().map(str::parse::<Datetime>) {
                Some(Ok(_)) => "write it without quotes: TOML has times of its own".to_owned(),
                _ => format!("such as `{key} = 2026-01-30T10:00:00Z`"),
            };
            return Err(Wrong::Type(Some(help)));
        };
        let (date, time) = match (at.date, at.time) {
            (Some(date), Some(time)) => (date, time),
            (Some(date), None) => {
                let help = format!("for midnight in UTC, write `{key} = {date}T00:00:00Z`");
                return Err(Wrong::with_help(format!("`{key}` has no time of day"), "only a date", help));
            }
            _ => return Err(Wrong::Type(Some(format!("such as `{key} = 2026-01-30T10:00:00Z`")))),
        };
        let Some(offset) = at.offset else {
            let help = format!("for UTC, write `{key} = {at}Z`; or end it in an offset such as `+02:00`");
            return Err(Wrong::with_help(format!("`{key}` has no offset"), "in which time zone?", help));
        };
        let minutes = match offset {
            Offset::Z => 0,
            Offset::Custom { minutes } => minutes,
        };
        let moment = || {
            // A leap second is the second before it, as in PostgreSQL's and everybody's arithmetic.
            let second = time.second.unwrap_or(0).min(59);
            let (hour, minute) = (i8::try_from(time.hour).ok()?, i8::try_from(time.minute).ok()?);
            let (second, nano) = (i8::try_from(second).ok()?, i32::try_from(time.nanosecond.unwrap_or(0)).ok()?);
            let date = civil_date(date)?;
            let local = DateTime::new(date.year(), date.month(), date.day(), hour, minute, second, nano).ok()?;
            let zone = Zone::from_seconds(i32::from(minutes) * 60).ok()?;
            zone.to_timestamp(local).ok()
        };
        moment().map(Self::new).ok_or_else(|| Wrong::value(format!("`{key}` is out of range"), "no such time"))
    }
}

/// A day, by itself.
#[derive(Debug, Clone, Copy)]
pub(in crate::manifest) struct Day(pub(in crate::manifest) Date);

schema!(Day, { "type": "string", "format": "date" });

impl FromToml for Day {
    const EXPECTED: &'static str = "a date";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        match value {
            DeValue::Datetime(at) => match at.date {
                Some(date) if at.time.is_none() => civil_date(date)
                    .map(Self)
                    .ok_or_else(|| Wrong::value(format!("`{key}` is out of range"), "no such day")),
                Some(date) => Err(Wrong::Type(Some(format!("write only the day: `{key} = {date}`")))),
                None => Err(Wrong::Type(Some(format!("such as `{key} = 2026-01-30`")))),
            },
            _ => match value.as_str().and_then(|text| text.parse::<Date>().ok()) {
                Some(date) => Err(Wrong::Type(Some(format!("write it without quotes: `{key} = {date}`")))),
                None => Err(Wrong::Type(Some(format!("such as `{key} = 2026-01-30`")))),
            },
        }
    }
}

fn civil_date(date: toml::value::Date) -> Option<Date> {
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}
