//! The `relsync` command. Everything is in the library; this file only starts it.

use std::process::ExitCode;

fn main() -> ExitCode {
    relsync::cli::main()
}
