//! Quick actions: lines of a note that GitLab takes for commands and carries out as the note's author. Pure.

/// A command and what comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuickAction {
    /// Its name, in small letters.
    pub(crate) command: String,
    /// The rest of the line.
    pub(crate) argument: String,
}

/// A note without its commands, and the commands. Lines within a code fence are none; where GitLab would know
/// its own commands by name, any word is one here, so that nobody relies on a name that comes later.
pub(crate) fn extract(body: &str) -> (String, Vec<QuickAction>) {
    let mut actions = Vec::new();
    let mut kept = Vec::new();
    let mut fence: Option<Fence> = None;
    for line in body.split('\n') {
        let found = Fence::of(line);
        let action = match (&fence, found) {
            (None, Some(opening)) => {
                fence = Some(opening);
                None
            }
            (Some(open), Some(closing)) if closing.closes(open) => {
                fence = None;
                None
            }
            (Some(_), _) => None,
            (None, None) => command(line.trim_end()),
        };
        match action {
            Some(action) => actions.push(action),
            None => kept.push(line),
        }
    }
    if actions.is_empty() { (body.to_owned(), actions) } else { (kept.join("\n").trim().to_owned(), actions) }
}

/// A line of backquotes or tildes that opens or closes a block of code.
struct Fence {
    sign: char,
    length: usize,
    is_bare: bool,
}

impl Fence {
    /// The fence that `line` is, by `CommonMark`'s rules.
    fn of(line: &str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        let sign = text.chars().next().filter(|c| ['`', '~'].contains(c))?;
        let rest = text.trim_start_matches(sign);
        let length = text.len() - rest.len();
        let is_fence = line.len() - text.len() <= 3 && length >= 3 && !(sign == '`' && rest.contains('`'));
        is_fence.then_some(Self { sign, length, is_bare: rest.trim().is_empty() })
    }

    fn closes(&self, open: &Self) -> bool {
        self.sign == open.sign && self.length >= open.length && self.is_bare
    }
}

/// `/name`, alone or with an argument: `/usr/bin` is a path.
fn command(line: &str) -> Option<QuickAction> {
    let rest = line.strip_prefix('/')?;
    let (name, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| QuickAction { command: name.to_ascii_lowercase(), argument: argument.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_start_with_a_slash_are_commands() {
        for (body, left, commands) in [
            ("hello", "hello", ""),
            ("/close", "", "close()"),
            ("a\r\n/Label ~x  ~y\r\nb", "a\r\nb", "label(~x  ~y)"),
            ("see /close and\n /close", "see /close and\n /close", ""),
            ("/usr/bin/app\n//x\n/\n/1", "/usr/bin/app\n//x\n/\n/1", ""),
            ("```\n/close\n```", "```\n/close\n```", ""),
            ("```sh\n/close\n```\n/merge", "```sh\n/close\n```", "merge()"),
            ("~~~\n/close\n~~~", "~~~\n/close\n~~~", ""),
            ("````\n```\n/close\n````\n/merge", "````\n```\n/close\n````", "merge()"),
            ("  ```\n/close\n  ```", "  ```\n/close\n  ```", ""),
            ("```\n```sh\n/close\n```", "```\n```sh\n/close\n```", ""),
            ("/a\n/b\n\n", "", "a()b()"),
        ] {
            let (text, actions) = extract(body);
            let found: Vec<String> = actions.iter().map(|a| format!("{}({})", a.command, a.argument)).collect();
            assert_eq!((text.as_str(), found.concat().as_str()), (left, commands), "{body:?}");
        }
    }
}
