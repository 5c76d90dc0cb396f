//! HTTP as GitLab speaks it, apart from any resource: what came with a request, its parameters in Grape's words, pages,
//! and the shapes of answers. Knows no SQL and no GitLab user.

mod answer;
mod call;
mod credential;
mod form;
mod pagination;
mod params;

pub(crate) use answer::{Answer, Refusal};
pub(crate) use call::Call;
pub(crate) use credential::Credential;
pub(crate) use pagination::COUNT_TO;
pub(crate) use params::{Given, Reader};
