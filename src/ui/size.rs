//! Numbers of bytes as people say them.

use std::fmt;

const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];

/// So many bytes: `512 B`, `12.3 MB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1000 {
            return f.pad(&format!("{} B", self.0));
        }
        // Tenths of the unit, rounded; a unit that would round to 1000 is the next one.
        let (mut tenths, mut unit) = (self.0.saturating_add(50) / 100, 0);
        while tenths >= 10_000 && unit + 1 < UNITS.len() {
            (tenths, unit) = ((tenths + 500) / 1000, unit + 1);
        }
        f.pad(&format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_345_678, "12.3 MB"),
            (999_950, "1.0 MB"),
            (999_949, "999.9 kB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(Size(bytes).to_string(), text);
        }
        assert_eq!(format!("{:>8}|", Size(1)), "     1 B|");
    }
}
