//! Quick actions: lines of a note that GitLab takes for commands and carries out as the note's author. Pure.

/// A command and what comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuickAction {
    /// Its name, in small letters.
    pub(crate) command: String,
    /// The rest of the line.
    pub(crate) argument: String,
}

/// A note without its commands, and the commands. Lines within a fence of backquotes are none; where GitLab would know
/// its own commands by name, any word is one here, so that nobody relies on a name that comes later.
pub(crate) fn extract(body: &str) -> (String, Vec<QuickAction>) {
    let mut actions = Vec::new();
    let mut kept = Vec::new();
    let mut fenced = false;
    for line in body.split('\n') {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        match if fenced { None } else { command(line.trim_end()) } {
            Some(action) => actions.push(action),
            None => kept.push(line),
        }
    }
    if actions.is_empty() { (body.to_owned(), actions) } else { (kept.join("\n").trim().to_owned(), actions) }
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
            ("/a\n/b\n\n", "", "a()b()"),
        ] {
            let (text, actions) = extract(body);
            let found: Vec<String> = actions.iter().map(|a| format!("{}({})", a.command, a.argument)).collect();
            assert_eq!((text.as_str(), found.concat().as_str()), (left, commands), "{body:?}");
        }
    }
}
