//! One thing wrong with a manifest, as the code that finds it notes it down: words and places, nothing of rendering.
//!
//! Messages are lowercase fragments. Text of the manifest's own goes into them through [`Quoted`](super::visible::Quoted).

use crate::manifest::source::Span;

/// One thing wrong.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: Option<String>,
    /// The places, the one to blame last.
    pub(super) labels: Vec<(Span, String)>,
    /// What kind of thing it is.
    pub(super) kind: Kind,
}

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is not TOML.
    Syntax,
    /// Something should be there and isn't.
    Missing,
    /// Something is there and shouldn't be, or not so.
    Wrong,
}

impl Finding {
    /// Something wrong, without a place so far.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, labels: Vec::new(), kind: Kind::Wrong }
    }

    /// Sets what to do about it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a place and what to say there, possibly nothing.
    pub(super) fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push((span, label.into()));
        self
    }

    /// Adds a place that is less to blame than those there are.
    pub(super) fn before(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.insert(0, (span, label.into()));
        self
    }

    /// Sets the kind.
    pub(super) fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Where to blame, for sorting.
    pub(super) fn place(&self) -> Option<Span> {
        self.labels.last().map(|(span, _)| *span)
    }
}

/// All that is wrong so far.
pub(super) type Findings = Vec<Finding>;
