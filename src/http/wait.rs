//! Waits: who is told of them, and how they end early.

use std::sync::Arc;
use std::time::Duration;

/// A wait before a request is sent, or sent again.
#[derive(Debug, Clone)]
pub struct Wait {
    /// Until then nothing happens.
    pub how_long: Duration,
    /// What is waited for, in harmless words.
    pub why: String,
    /// Whether that is for the server's rate limit.
    pub is_for_limit: bool,
}

/// Is told of every wait, from any task.
pub type Observer = Arc<dyn Fn(&Wait) + Send + Sync>;
