//! The `relsync` command: nothing to run yet.

fn main() {}
