//! Objects out of a repository's store, all of them by one process of `git cat-file --batch`.

use super::Error;
use super::command::{Failed, git};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// A running `git cat-file --batch`.
#[derive(Debug)]
pub(super) struct Objects {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// An object's beginning.
#[derive(Debug)]
pub(super) struct Object {
    /// `blob`, `tree` …
    pub(super) kind: String,
    /// Its content, but no more than was asked for.
    pub(super) bytes: Vec<u8>,
}

impl Objects {
    pub(super) fn open(top: &Path) -> Result<Self, Error> {
        let mut command = git(top);
        // What it says besides is for nobody: it would go past the ui.
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().map_err(|error| Error::from(Failed::Start(error)))?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Self { process, questions, answers: BufReader::new(answers) }),
            _ => Err(Error::Start(ErrorKind::BrokenPipe.into())),
        }
    }

    /// The first `most` bytes of the object that `name`, which holds no line break, stands for.
    pub(super) fn get(&mut self, name: &str, most: usize) -> io::Result<Object> {
        writeln!(self.questions, "{name}")?;
        self.questions.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        // `ID blob 123`, or `ID missing`.
        let mut words = head.split_whitespace().skip(1);
        let (Some(kind), Some(size)) = (words.next(), words.next().and_then(|size| size.parse::<u64>().ok())) else {
            // Not as if there were no such file: what a commit names has to be there.
            return Err(io::Error::other("git has not got it; is the clone a partial one?"));
        };
        let wanted = size.min(most as u64);
        let mut bytes = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
        let read = self.answers.by_ref().take(wanted).read_to_end(&mut bytes)?;
        // The rest, and the line break after it.
        let skipped = io::copy(&mut self.answers.by_ref().take(size - wanted + 1), &mut io::sink())?;
        if read as u64 != wanted || skipped != size - wanted + 1 {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "git broke off"));
        }
        Ok(Object { kind: kind.to_owned(), bytes })
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It has nothing to lose, and nobody waits for what it would still say.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
