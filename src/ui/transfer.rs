//! A file that is under way, on a line of its own: how far it is, and how fast.
//!
//! Pure: the time is an argument.

use crate::report::size;
use std::time::{Duration, Instant};

const BAR: usize = 16;
/// Before that nobody can tell how fast it is.
const SHORTEST_TOLD: Duration = Duration::from_millis(500);
/// A longer name is cut in its middle, as names of files often differ at their ends.
const LONGEST_NAME: usize = 32;

/// A file that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sending {
    /// Its name, harmless.
    pub(super) name: String,
    /// How many bytes have gone.
    pub(super) sent: u64,
    /// Of how many.
    pub(super) size: u64,
    /// When the first did.
    pub(super) began: Instant,
}

impl Sending {
    /// What its line says.
    pub(super) fn line(&self, now: Instant) -> String {
        let full = usize::try_from(u128::from(self.sent) * BAR as u128 / u128::from(self.size.max(1))).unwrap_or(BAR);
        let bar = format!("{}{}", "━".repeat(full.min(BAR)), "─".repeat(BAR.saturating_sub(full)));
        format!("{bar} {}", self.words(now))
    }

    /// The same without a bar, for a log.
    pub(super) fn words(&self, now: Instant) -> String {
        let Self { name, sent, size: all, began } = self;
        if sent == all && *all > 0 {
            // GitLab may take a while to file what is large. No speed is told of that: it would only seem to sink.
            return format!("{} {} sent, waiting for the answer", shortened(name), size(*all));
        }
        let took = now.saturating_duration_since(*began);
        let speed = u64::try_from(u128::from(*sent) * 1000 / took.as_millis().max(1)).unwrap_or(u64::MAX);
        let speed = if took >= SHORTEST_TOLD { format!(" · {}/s", size(speed)) } else { String::new() };
        format!("{} {} of {}{speed}", shortened(name), size(*sent), size(*all))
    }
}

fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= LONGEST_NAME {
        return name.to_owned();
    }
    let half = LONGEST_NAME / 2;
    let (start, end): (String, String) =
        (name.chars().take(half).collect(), name.chars().skip(count - half + 1).collect());
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_and_how_fast() {
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        let sending = |sent, size| Sending { name: "app.tar.gz".to_owned(), sent, size, began };
        let line = sending(1 << 30, 2 << 30).line(at(32));
        assert_eq!(line, "━━━━━━━━──────── app.tar.gz 1.0 GiB of 2.0 GiB · 32.0 MiB/s");
        assert_eq!(sending(10, 10).words(at(9)), "app.tar.gz 10 bytes sent, waiting for the answer");
        assert_eq!(sending(0, 10).line(began), "──────────────── app.tar.gz 0 bytes of 10 bytes");
        assert!(sending(0, 0).line(began).starts_with('─'));
        assert!(sending(u64::MAX, 1).line(at(1)).starts_with(&"━".repeat(BAR)));
        let long = Sending { name: "x".repeat(20) + "-linux-amd64.tar.gz", ..sending(0, 1) };
        assert!(long.words(began).starts_with("xxxxxxxxxxxxxxxx…ux-amd64.tar.gz 0"), "{}", long.words(began));
    }
}
