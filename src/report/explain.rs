//! Why a step is there and what it waits for, on one line.

use super::voice::Voice;
use crate::plan::{Cause, Plan, Reason, Stage, StepId};

/// `step 3, after 1 and 2: name differs (releases.toml:14)`.
pub(super) fn line(plan: &Plan, id: StepId, voice: Voice) -> String {
    let step = &plan.steps[id.0];
    let needs: Vec<String> = step.needs.iter().map(|need| number(*need)).collect();
    let after = match needs.split_last() {
        None if step.action.stage() == Stage::Remove => ", after all others".to_owned(),
        None => String::new(),
        Some((only, [])) => format!(", after {only}"),
        Some((last, others)) => format!(", after {} and {last}", others.join(", ")),
    };
    let reasons: Vec<_> = step.reasons.iter().map(|reason| said(plan, reason, voice)).collect();
    format!("step {}{after}: {}", number(id), reasons.join("; "))
}

/// Steps are counted from 1, as progress counts them.
fn number(id: StepId) -> String {
    (id.0 + 1).to_string()
}

fn said(plan: &Plan, Reason { cause, place }: &Reason, voice: Voice) -> String {
    let what = match cause {
        Cause::Missing => "missing".to_owned(),
        Cause::Differs(field) => format!("{} differs", field.as_str()),
        Cause::NotListed => "not listed".to_owned(),
        Cause::InTheWay => "makes room for another".to_owned(),
        Cause::TagGone => "the git tag is gone".to_owned(),
        Cause::NamedBy(tag) => format!("release {} names it", (voice.name)(tag.as_str())),
        Cause::Unmanaged => "no entry names it".to_owned(),
    };
    match place.and_then(|place| Some((plan.files.get(place.file as usize)?, place.line))) {
        Some((file, line)) => format!("{what} ({})", (voice.name)(&format!("{file}:{line}"))),
        None => what,
    }
}
