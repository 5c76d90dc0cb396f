//! Notes that nobody writes to be read, for the tests of all that renders notes.

/// Deep, wide and endless ones.
pub(super) fn endless() -> [String; 5] {
    [
        ">".repeat(20_000),
        "- ".repeat(20_000),
        "*a **b ".repeat(10_000),
        format!("|{}\n|{}\n{}", "a|".repeat(500), "-|".repeat(500), "|x\n".repeat(10_000)),
        format!("[x]: https://example.com/{}\n\n{}", "y".repeat(1900), "[x] ".repeat(20_000)),
    ]
}
