//! What is going on, and how to say it: on the one line of a bar, or in the lines of a job's log.
//!
//! Pure: the time is an argument, so that a test needs none.

use super::speed::Speed;
use super::transfer::Sending;
use crate::report::size;
use std::fmt::{self, Display};
use std::time::{Duration, Instant};

/// Shorter waits are over before anybody reads of them.
const SHORTEST_TOLD: Duration = Duration::from_secs(1);
/// So long nobody wonders why nothing happens.
const PATIENCE: Duration = Duration::from_secs(5);
/// On a narrower terminal what is done matters more than how far it is.
const ROOM_FOR_A_BAR: usize = 60;
const BAR: usize = 16;
/// Files under way that a log names at a time.
const MOST_SIGNS: usize = 3;

/// Reading or writing, how far it is, and what it waits for.
#[derive(Debug)]
pub(super) struct Activity {
    doing: Doing,
    /// Who is asked.
    whom: &'static str,
    /// What is counted while reading.
    unit: &'static str,
    began: Instant,
    /// When something was heard of them last.
    heard: Instant,
    wait: Option<Waiting>,
    /// Since when it has been known how fast GitLab lets requests through: until when the first wait for that took, and how
    /// many were over by then.
    pace: Option<(Instant, usize)>,
    /// The files that are under way.
    sending: Vec<Sending>,
}

#[derive(Debug)]
enum Doing {
    /// With what is read, how much that is so far, and of how much; 0 if nobody knows.
    Reading(String, u64, u64),
    /// How many steps are over, of how many, and the last one begun.
    Writing(usize, usize, String),
    /// With what is read, how many bytes that is so far, and of how many.
    Hashing(String, u64, u64),
    /// Files, and what is read of them.
    Loading(Loading),
}

#[derive(Debug)]
struct Loading {
    what: String,
    /// How many files are over, of how many.
    over: usize,
    files: usize,
    /// How many bytes there are, and of how many; 0 if nobody knows.
    bytes: u64,
    of: u64,
    speed: Speed,
}

impl Loading {
    /// `2 of 3 files, 12.3 MB of 40.0 MB, 5.1 MB/s`.
    fn so_far(&self, now: Instant) -> String {
        let Self { what: _, over, files, bytes, of, speed } = self;
        let files = if *files == 1 { String::new() } else { format!("{over} of {files} files, ") };
        let of = if of > bytes { format!(" of {}", size(*of)) } else { String::new() };
        let speed = speed.per_second(now).map(|speed| format!(", {}/s", size(speed))).unwrap_or_default();
        format!("{files}{}{of}{speed}", size(*bytes))
    }

    fn left(&self, now: Instant) -> Option<Duration> {
        let speed = self.speed.per_second(now).filter(|speed| *speed > 0)?;
        (self.of > self.bytes).then(|| Duration::from_secs((self.of - self.bytes).div_ceil(speed)))
    }
}

#[derive(Debug)]
struct Waiting {
    until: Instant,
    why: String,
}

impl Activity {
    pub(super) fn reading(what: String, now: Instant) -> Self {
        Self::of(Doing::Reading(what, 0, 0), now)
    }

    pub(super) fn writing(total: usize, now: Instant) -> Self {
        Self::of(Doing::Writing(0, total, String::new()), now)
    }

    pub(super) fn loading(what: String, files: usize, now: Instant) -> Self {
        let speed = Speed::from(now);
        Self::of(Doing::Loading(Loading { what, over: 0, files, bytes: 0, of: 0, speed }), now)
    }

    pub(super) fn hashing(what: String, total: u64, now: Instant) -> Self {
        Self::of(Doing::Hashing(what, 0, total), now)
    }

    fn of(doing: Doing, now: Instant) -> Self {
        let (whom, unit) = ("GitLab", "releases");
        Self { doing, whom, unit, began: now, heard: now, wait: None, pace: None, sending: Vec::new() }
    }

    /// The same with somebody else, who gives something else.
    pub(super) fn with(self, whom: &'static str, unit: &'static str) -> Self {
        Self { whom, unit, ..self }
    }

    /// So many releases, or bytes, have been read, of so many.
    pub(super) fn read(&mut self, count: u64, all: u64, now: Instant) {
        let (so_far, of) = match &mut self.doing {
            Doing::Reading(_, so_far, of) => (so_far, of),
            Doing::Loading(Loading { bytes, of, speed, .. }) => {
                speed.read(count, now);
                (bytes, of)
            }
            Doing::Writing(..) | Doing::Hashing(..) => return,
        };
        let is_more = count > *so_far;
        (*so_far, *of) = (count, all);
        if is_more {
            self.hear(now);
        }
    }

    /// So many bytes have been read.
    pub(super) fn hashed(&mut self, bytes: u64, now: Instant) {
        if let Doing::Hashing(_, so_far, _) = &mut self.doing
            && bytes > *so_far
        {
            *so_far = bytes;
            self.hear(now);
        }
    }

    /// These files are under way. That more of one is taken is heard of GitLab, too.
    pub(super) fn carry(&mut self, sending: Vec<Sending>, now: Instant) {
        let moves = |sending: &[Sending]| sending.iter().map(|file| (file.name.clone(), file.sent)).collect::<Vec<_>>();
        if moves(&sending) != moves(&self.sending) {
            self.heard = now;
        }
        self.sending = sending;
    }

    /// A line for each file that is under way, below the bar; for those that there is `room` for.
    pub(super) fn lines(&self, now: Instant, room: usize) -> Vec<String> {
        let mut lines: Vec<_> = self.sending.iter().take(room).map(|file| file.line(now)).collect();
        if let Some(more) = self.sending.len().checked_sub(room).filter(|more| *more > 0) {
            lines.push(format!("and {more} more"));
        }
        lines
    }

    /// A step has begun. Nothing has been heard of it yet; but what is begun is not waited with.
    pub(super) fn begin(&mut self, step: String) {
        if let Doing::Writing(_, _, last) = &mut self.doing {
            *last = step;
        }
        self.wait = None;
    }

    /// A step is over. Answers how many are.
    pub(super) fn finish(&mut self, now: Instant) -> usize {
        self.hear(now);
        let (Doing::Writing(over, ..) | Doing::Loading(Loading { over, .. })) = &mut self.doing else { return 0 };
        *over += 1;
        *over
    }

    fn hear(&mut self, now: Instant) {
        self.heard = now;
        self.wait = None;
    }

    /// A request waits for so long. Answers a line about it if that is news: many wait for the same.
    pub(super) fn wait(&mut self, how_long: Duration, why: &str, is_for_limit: bool, now: Instant) -> Option<String> {
        let until = now + how_long;
        let is_news = self.wait.as_ref().is_none_or(|wait| until > wait.until + SHORTEST_TOLD);
        if how_long < SHORTEST_TOLD || !is_news {
            return None;
        }
        if is_for_limit && let (Doing::Writing(over, ..), None) = (&self.doing, self.pace) {
            self.pace = Some((until, *over));
        }
        // What GitLab says of its limits is longer, and not clearer.
        let why = if is_for_limit { "GitLab's rate limit is used up" } else { why };
        self.wait = Some(Waiting { until, why: why.to_owned() });
        Some(format!("waiting {}: {why}", Span(how_long)))
    }

    /// A sign of life for a log in which nothing has been said for a while.
    pub(super) fn sign(&self, now: Instant) -> String {
        let unit = self.unit;
        let so_far = match &self.doing {
            Doing::Reading(_, 0, _) => String::new(),
            Doing::Reading(_, count, of) if of > count => format!("{count} of {of} {unit} read so far"),
            Doing::Reading(_, count, _) => format!("{count} {unit} read so far"),
            Doing::Writing(over, total, _) => format!("{over} of {total} steps done"),
            Doing::Loading(loading) => format!("{} so far", loading.so_far(now)),
            Doing::Hashing(_, bytes, of) => return format!("{} of {} read so far", size(*bytes), size(*of)),
        };
        let sending: Vec<_> = self.sending.iter().take(MOST_SIGNS).map(|file| file.words(now)).collect();
        // How much there is of files tells by itself that more is coming.
        let patience = if matches!(self.doing, Doing::Loading(_)) { PATIENCE } else { Duration::ZERO };
        let parts = if sending.is_empty() || now.saturating_duration_since(self.heard) > PATIENCE {
            [so_far, self.silence(now, patience).unwrap_or_default()]
        } else {
            [so_far, format!("uploading {}", sending.join(", "))]
        };
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }

    /// What a bar's line says; it is cut off on the right where the terminal is too narrow.
    pub(super) fn bar(&self, now: Instant, width: usize) -> String {
        let silence = self.silence(now, PATIENCE);
        match &self.doing {
            Doing::Reading(what, count, of) if of > count && width >= ROOM_FOR_A_BAR => {
                let full = usize::try_from(count * BAR as u64 / of).unwrap_or(BAR);
                let left = self.reading_left(*count, *of, now).map(|left| format!(" · {left}")).unwrap_or_default();
                format!("{} {count}/{of}{left} · {}", bar_of(full), silence.unwrap_or_else(|| what.clone()))
            }
            Doing::Reading(what, count, _) => {
                let turn = now.saturating_duration_since(self.began).as_millis() / 100;
                let wheel = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
                let wheel = wheel[usize::try_from(turn % 10).unwrap_or_default()];
                match silence {
                    Some(silence) => format!("{wheel} {silence}"),
                    None if *count > 0 => format!("{wheel} {count} {} read: {what}", self.unit),
                    None => format!("{wheel} {what}"),
                }
            }
            Doing::Loading(loading) => {
                let what = silence.unwrap_or_else(|| loading.what.clone());
                let full = loading.bytes.checked_mul(BAR as u64).and_then(|part| part.checked_div(loading.of));
                let bar = full.filter(|_| loading.of > loading.bytes && width >= ROOM_FOR_A_BAR);
                let bar = bar.map(|full| bar_of(usize::try_from(full).unwrap_or(BAR)) + " ").unwrap_or_default();
                let left = loading.left(now).map(|left| format!(" · {}", minutes(left))).unwrap_or_default();
                format!("{bar}{}{left} · {what}", loading.so_far(now))
            }
            Doing::Hashing(what, bytes, of) => {
                let full = usize::try_from(u128::from(*bytes) * BAR as u128 / u128::from((*of).max(1))).unwrap_or(BAR);
                format!("{} {} of {} · {what}", bar_of(full.min(BAR)), size(*bytes), size(*of))
            }
            Doing::Writing(over, total, step) => {
                // Of steps side by side, the last to begin may long be over; the files have lines of their own.
                let what = silence.unwrap_or_else(|| match self.sending.len() {
                    0 => step.clone(),
                    1 => "uploading 1 file".to_owned(),
                    files => format!("uploading {files} files"),
                });
                if width < ROOM_FOR_A_BAR {
                    return format!("{over}/{total} {what}");
                }
                let full = (over * BAR).checked_div(*total).unwrap_or(BAR);
                let bar = bar_of(full);
                let left = self.left(now).map(|left| format!(" · {left}")).unwrap_or_default();
                let what = if what.is_empty() { what } else { format!(" · {what}") };
                format!("{bar} {over}/{total}{left}{what}")
            }
        }
    }

    /// What is waited for, if it is for longer than `patience`.
    fn silence(&self, now: Instant, patience: Duration) -> Option<String> {
        if let Some(Waiting { until, why }) = &self.wait
            && *until > now
        {
            return Some(format!("waiting, {} left: {why}", Span(*until - now)));
        }
        // After a wait nothing could be heard before its end.
        let since = self.wait.as_ref().map_or(self.heard, |wait| wait.until.max(self.heard));
        let silent = now.saturating_duration_since(since);
        let whom = if matches!(self.doing, Doing::Loading(_)) { "the rest" } else { self.whom };
        (silent >= patience).then(|| format!("still waiting for {whom}, {} so far", Span(silent)))
    }

    /// About how long the rest takes. Nobody knows before GitLab's limits have been met: until then requests go through
    /// much faster than they will. From then on, the pace is that of whole windows, waits included.
    fn left(&self, now: Instant) -> Option<String> {
        let (Doing::Writing(over, total, _), Some((until, through))) = (&self.doing, self.pace) else { return None };
        let wait = self.wait.as_ref().map_or(until, |wait| wait.until.max(until)).max(now);
        let over = (*over).max(through);
        let pace = wait.saturating_duration_since(self.began).checked_div(u32::try_from(over).ok()?)?;
        let rest = pace.checked_mul(u32::try_from(total.checked_sub(over)?).ok()?)?;
        Some(minutes(wait.saturating_duration_since(now) + rest))
    }

    /// About how long the rest of a list takes, once enough of it has been read to tell.
    fn reading_left(&self, count: u64, of: u64, now: Instant) -> Option<String> {
        let took = now.saturating_duration_since(self.began);
        let pace = took.checked_div(u32::try_from(count).ok()?).filter(|_| took >= PATIENCE)?;
        Some(minutes(pace.checked_mul(u32::try_from(of - count).ok()?)?))
    }
}

/// A bar of which so much is full.
fn bar_of(full: usize) -> String {
    format!("{}{}", "━".repeat(full), "─".repeat(BAR.saturating_sub(full)))
}

fn minutes(left: Duration) -> String {
    match left.as_secs() / 60 {
        0 => "<1 min left".to_owned(),
        minutes => format!("~{} min left", minutes + 1),
    }
}

/// A span of time as people say it.
struct Span(Duration);

impl Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.0 + Duration::from_millis(500)).as_secs();
        if seconds < 100 { write!(f, "{seconds} s") } else { write!(f, "{} min {} s", seconds / 60, seconds % 60) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn reading_says_how_much_it_has_and_when_nothing_is_heard() {
        let start = Instant::now();
        let mut reading = Activity::reading("reading the releases of a/b".to_owned(), start);
        assert_eq!(reading.bar(start, 80), "⠋ reading the releases of a/b");
        assert_eq!(reading.sign(start + seconds(20)), "still waiting for GitLab, 20 s so far");
        reading.read(300, 0, start + seconds(20));
        assert_eq!(reading.bar(start + seconds(21), 80), "⠋ 300 releases read: reading the releases of a/b");
        let sign = "300 releases read so far; still waiting for GitLab, 3 s so far";
        assert_eq!(reading.sign(start + seconds(23)), sign);
        assert_eq!(reading.bar(start + seconds(140), 80), "⠋ still waiting for GitLab, 2 min 0 s so far");
    }

    #[test]
    fn reading_a_list_whose_length_is_told_has_a_bar_and_a_time_left() {
        let start = Instant::now();
        let mut reading = Activity::reading("reading the releases of a/b".to_owned(), start);
        reading.read(2500, 10_000, start + seconds(2));
        let bar = reading.bar(start + seconds(2), 80);
        assert_eq!(bar, "━━━━──────────── 2500/10000 · reading the releases of a/b");
        reading.read(5000, 10_000, start + seconds(100));
        let bar = reading.bar(start + seconds(100), 80);
        assert_eq!(bar, "━━━━━━━━──────── 5000/10000 · ~2 min left · reading the releases of a/b");
        assert_eq!(reading.bar(start + seconds(100), 40), "⠋ 5000 releases read: reading the releases of a/b");
        assert!(reading.sign(start + seconds(100)).starts_with("5000 of 10000 releases read so far"));
        reading.read(10_000, 10_000, start + seconds(110));
        assert_eq!(reading.bar(start + seconds(110), 80), "⠋ 10000 releases read: reading the releases of a/b");
    }

    #[test]
    fn others_than_gitlab_are_called_by_their_names() {
        let start = Instant::now();
        let mut reading = Activity::reading("fetching 3 files".to_owned(), start).with("GitHub", "MiB");
        assert_eq!(reading.sign(start + seconds(20)), "still waiting for GitHub, 20 s so far");
        reading.read(3, 40, start + seconds(20));
        assert_eq!(reading.bar(start + seconds(21), 40), "⠋ 3 MiB read: fetching 3 files");
        assert!(reading.sign(start + seconds(21)).starts_with("3 of 40 MiB read so far; "));
    }

    #[test]
    fn loading_tells_how_much_of_how_much_how_fast_and_how_long_still() {
        let start = Instant::now();
        let mut loading = Activity::loading("v1.0 of a/b".to_owned(), 3, start);
        assert_eq!(loading.bar(start, 80), "0 of 3 files, 0 bytes · v1.0 of a/b");
        for second in 1..=4 {
            loading.read(second << 20, 0, start + seconds(second));
        }
        loading.finish(start + seconds(4));
        assert_eq!(loading.sign(start + seconds(4)), "1 of 3 files, 4.0 MiB, 1.0 MiB/s so far");
        loading.read(5 << 20, 125 << 20, start + seconds(5));
        let bar = "──────────────── 1 of 3 files, 5.0 MiB of 125.0 MiB, 1.0 MiB/s · ~3 min left · v1.0 of a/b";
        assert_eq!(loading.bar(start + seconds(5), 100), bar);
        let sign = "1 of 3 files, 5.0 MiB of 125.0 MiB, 0 bytes/s so far; still waiting for the rest, 20 s so far";
        loading.read(5 << 20, 125 << 20, start + seconds(24));
        loading.read(5 << 20, 125 << 20, start + seconds(25));
        assert_eq!(loading.sign(start + seconds(25)), sign);
        // What came in vain is taken back.
        loading.read(0, 125 << 20, start + seconds(26));
        assert!(loading.bar(start + seconds(26), 40).starts_with("1 of 3 files, 0 bytes of 125.0 MiB"));
        let mut one = Activity::loading("a".to_owned(), 1, start);
        one.read(512, 1024, start + seconds(1));
        assert_eq!(
            one.bar(start + seconds(1), 80),
            "━━━━━━━━──────── 512 bytes of 1.0 KiB, 512 bytes/s · <1 min left · a"
        );
    }

    #[test]
    fn a_wait_counts_down_and_is_over_when_something_happens() {
        let start = Instant::now();
        let mut writing = Activity::writing(10, start);
        writing.begin("create release v1".to_owned());
        let limit = "POST /projects/24/releases answered 429: Too Many Requests";
        assert_eq!(writing.wait(Duration::from_millis(900), limit, true, start), None);
        let line = writing.wait(seconds(40), limit, true, start);
        assert_eq!(line.as_deref(), Some("waiting 40 s: GitLab's rate limit is used up"));
        assert_eq!(writing.wait(seconds(40), "the same, for another", true, start), None);
        let bar = "0/10 waiting, 25 s left: GitLab's rate limit is used up";
        assert_eq!(writing.bar(start + seconds(15), 40), bar);
        let sign = "0 of 10 steps done; still waiting for GitLab, 7 s so far";
        assert_eq!(writing.sign(start + seconds(47)), sign);
        assert_eq!(writing.finish(start + seconds(47)), 1);
        assert_eq!(writing.bar(start + seconds(48), 40), "1/10 create release v1");
    }

    #[test]
    fn time_left_is_only_told_once_the_limit_has_been_met() {
        let start = Instant::now();
        let mut writing = Activity::writing(1000, start);
        for _ in 0..300 {
            writing.finish(start + seconds(1));
        }
        let at = |writing: &Activity, now| {
            writing.bar(start + seconds(now), 80).split(" · ").nth(1).unwrap_or_default().to_owned()
        };
        assert_eq!(at(&writing, 1), "");
        writing.wait(seconds(2), "GitLab is down", false, start + seconds(1));
        assert!(at(&writing, 1).starts_with("waiting, 2 s left"));
        writing.wait(seconds(59), "GitLab's rate limit is used up", true, start + seconds(1));
        // 300 a minute: this one, two whole ones and a third of one.
        assert_eq!(at(&writing, 1), "~4 min left");
        for _ in 0..600 {
            writing.finish(start + seconds(120));
        }
        assert_eq!(at(&writing, 130), "<1 min left");
    }

    #[test]
    fn files_under_way_have_lines_of_their_own_and_are_a_sign_of_life() {
        let start = Instant::now();
        let sending = |sent| Sending { name: format!("app-{sent}"), sent, size: 1 << 20, began: start };
        let mut writing = Activity::writing(10, start);
        writing.carry(vec![sending(1 << 10), sending(1 << 19), sending(3)], start + seconds(60));
        let lines = writing.lines(start + seconds(64), 2);
        assert_eq!(
            lines,
            [
                "──────────────── app-1024 1.0 KiB of 1.0 MiB · 16 bytes/s",
                "━━━━━━━━──────── app-524288 512.0 KiB of 1.0 MiB · 8.0 KiB/s",
                "and 1 more",
            ]
        );
        writing.begin("upload app-3".to_owned());
        assert_eq!(writing.bar(start + seconds(64), 60), format!("{} 0/10 · uploading 3 files", bar_of(0)));
        let sign = writing.sign(start + seconds(64));
        assert!(sign.starts_with("0 of 10 steps done; uploading app-1024 1.0 KiB of 1.0 MiB"), "{sign}");
        let sign = writing.sign(start + seconds(70));
        assert_eq!(sign, "0 of 10 steps done; still waiting for GitLab, 10 s so far");
    }

    #[test]
    fn reading_files_has_a_bar() {
        let start = Instant::now();
        let mut hashing = Activity::hashing("reading the files to upload".to_owned(), 4 << 30, start);
        hashing.hashed(1 << 30, start);
        let bar = "━━━━──────────── 1.0 GiB of 4.0 GiB · reading the files to upload";
        assert_eq!(hashing.bar(start, 80), bar);
        assert_eq!(hashing.sign(start), "1.0 GiB of 4.0 GiB read so far");
    }

    #[test]
    fn a_full_bar_is_full_and_a_plan_of_nothing_divides_by_nothing() {
        let now = Instant::now();
        assert!(Activity::writing(0, now).bar(now, 80).starts_with(&"━".repeat(BAR)));
        // Before the first step has begun.
        assert_eq!(Activity::writing(3, now).bar(now, 80), format!("{} 0/3", bar_of(0)));
        let mut writing = Activity::writing(1, now);
        assert!(writing.bar(now, 80).starts_with(&"─".repeat(BAR)));
        writing.finish(now);
        assert!(writing.bar(now, 80).starts_with(&"━".repeat(BAR)));
    }
}
