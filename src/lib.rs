//! relsync keeps a GitLab project's releases as `releases.toml` says.
//!
//! ```text
//! releases.toml ──manifest──▶ Desired ─┐
//!                                       ├─plan (pure)──▶ Plan ──report──▶ text · JSON · Markdown · widget
//! GitLab ──gitlab──▶ snapshot ▶ Current ┘                 └──apply──▶ gitlab ──▶ GitLab
//! ```
//!
//! Data flows left to right once. There is no state file: GitLab holds the state, git holds the wish, and the plan is
//! the difference. Each module's first lines say what it is for and what it must not import; `tests/layering.rs` holds
//! the code to that.

pub mod apply;
pub mod cli;
pub mod git;
pub mod github;
pub mod gitlab;
mod http;
pub mod import;
pub mod manifest;
pub mod model;
pub mod plan;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod snapshot;
pub mod ui;
