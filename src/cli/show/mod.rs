//! `relsync show`: one release, as GitLab has it.

pub(super) mod args;

use super::exit::Exit;
use super::failure::Failure;
use super::formats::Shape;
use super::project::Asked;
use super::release::{self, Which};
use crate::gitlab::Permalink;
use crate::model::{Moment, TagName, harmless};
use crate::report::{self, Sheet};
use crate::ui::{Stream, Ui};
use args::ShowArgs;

pub(super) async fn run(ui: &Ui, args: ShowArgs) -> Result<Exit, Failure> {
    let which = args.tag.map_or_else(|| Which::Latest(Permalink::default()), |tag| Which::Tag(TagName::from_git(tag)));
    let asked = Asked::open(ui, &args.project, &args.server).await?;
    let shown = release::find(ui, &asked, &which).await?;
    let sheet = Sheet { shown: &shown, now: Moment::new(jiff::Timestamp::now()) };
    let text = if args.web {
        let page = shown.web_url.as_deref().ok_or_else(|| Failure::no_page(&shown.release.tag_name))?;
        format!("{}\n", harmless(page))
    } else {
        match args.format {
            Shape::Json => report::sheet_json(&sheet),
            Shape::Text => report::sheet(&sheet, ui.width(), &ui.palette(Stream::Data)),
        }
    };
    ui.out(&text).map_err(Failure::Output)?;
    Ok(Exit::Done)
}
