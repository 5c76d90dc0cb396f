//! HTTP as GitLab speaks it, apart from any resource: what came with a request, its parameters in Grape's words, pages,
//! and the shapes of answers. Knows no SQL and no GitLab user.

mod answer;
mod call;
mod credential;
mod form;
mod linger;
mod multipart;
mod pagination;
mod params;
mod range;

pub(crate) use answer::{Answer, Refusal};
pub(crate) use call::Call;
pub(crate) use credential::Credential;
pub(crate) use linger::linger;
pub(crate) use multipart::File;
pub(crate) use pagination::COUNT_TO;
pub(crate) use params::{Given, Reader};
pub(crate) use range::Part;

use std::fmt::Write as _;

/// Bytes as digests are written.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
