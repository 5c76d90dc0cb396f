//! The figures as a Markdown table.

use crate::floor::{Floor, Limit};
use crate::run::Run;
use crate::work::Work;
use std::fmt;
use std::time::Duration;

/// The table's first lines.
pub(crate) fn head() -> &'static str {
    "| work | latency | limit | requests | floor | time | time ÷ floor | CPU | peak memory | peer: requests | peer: time | peer ÷ relsync |\n\
     |---|---|---|---|---|---|---|---|---|---|---|---|"
}

/// What is to be reached, beside the time.
const MOST_CPU: Duration = Duration::from_secs(1);
const MOST_MEBIBYTES: u64 = 150;

/// What was asked for, by route: once for each work that took other requests than its like before.
pub(crate) fn routes(rows: &[Row]) -> String {
    let is_new = |(index, row): &(usize, &Row)| {
        !rows[..*index].iter().any(|known| known.name == row.name && known.relsync.requests == row.relsync.requests)
    };
    let line = |Row { name, limit, relsync, .. }: &Row| {
        let routes: Vec<_> = relsync.requests.iter().map(|(route, count)| format!("{count} {route}")).collect();
        format!("\n| {name} | {} | {} |", told(*limit), routes.join("<br>"))
    };
    let lines: String = rows.iter().enumerate().filter(is_new).map(|(_, row)| line(row)).collect();
    format!("| work | limit | requests by route |\n|---|---|---|{lines}")
}

fn told(limit: Option<Limit>) -> String {
    limit.map_or("–".to_owned(), |limit| format!("{}/{} s", limit.writes, limit.window.as_secs()))
}

/// In bold, if it is not what is to be reached.
fn marked(text: String, is_reached: bool) -> String {
    if is_reached { text } else { format!("**{text}**") }
}

/// A line of it.
pub(crate) struct Row {
    name: String,
    latency: Duration,
    limit: Option<Limit>,
    floor: Duration,
    /// The time that it is to take at most.
    aim: Duration,
    /// What was not as reckoned of the requests.
    surprise: Option<String>,
    relsync: Run,
    peer: Option<Run>,
}

impl Row {
    pub(crate) fn new(work: &Work, latency: Duration, limit: Option<Limit>, relsync: Run, peer: Option<Run>) -> Self {
        let floor = Floor::of(work);
        let reckoned = floor.requests();
        // At a limit that nobody tells of some are refused, and what became of them is looked at.
        let is_made = |(name, least): (&String, &usize)| relsync.requests.get(name).is_some_and(|count| count >= least);
        let is_least = if limit.is_some() { reckoned.iter().all(is_made) } else { reckoned == relsync.requests };
        let surprise = (!is_least).then(|| format!("{reckoned:?} expected, {:?} made", relsync.requests));
        let (least, aim) = (floor.time(latency, limit), floor.aim(latency, limit));
        Self { name: work.name(), latency, limit, floor: least, aim, surprise, relsync, peer }
    }

    /// Whether the requests were the least that there can be.
    pub(crate) fn is_as_reckoned(&self) -> bool {
        self.surprise.is_none()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, latency, limit, floor, aim, surprise, relsync, peer } = self;
        let limit = told(*limit);
        let total = |run: &Run| run.requests.values().sum::<usize>();
        let requests = match surprise {
            None => format!("{}", total(relsync)),
            Some(surprise) => format!("{} ({surprise})", total(relsync)),
        };
        let wall = relsync.usage.wall;
        let (least, ratio) = if floor.is_zero() {
            ("–".to_owned(), "–".to_owned())
        } else {
            let ratio = wall.as_secs_f64() / floor.as_secs_f64();
            (seconds(*floor), marked(format!("{ratio:.2}"), wall <= *aim))
        };
        let mebibytes = relsync.usage.peak / (1024 * 1024);
        let memory = marked(format!("{mebibytes} MiB"), mebibytes <= MOST_MEBIBYTES);
        let cpu = marked(seconds(relsync.usage.cpu), relsync.usage.cpu <= MOST_CPU);
        write!(
            f,
            "| {name} | {} ms | {limit} | {requests} | {least} | {} | {ratio} | {cpu} | {memory} |",
            latency.as_millis(),
            seconds(wall),
        )?;
        match peer {
            None => write!(f, " – | – | – |"),
            Some(peer) => write!(
                f,
                " {} | {} | {:.1} |",
                total(peer),
                seconds(peer.usage.wall),
                peer.usage.wall.as_secs_f64() / wall.as_secs_f64()
            ),
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
