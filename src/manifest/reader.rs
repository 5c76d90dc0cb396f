//! Reads a parsed TOML table key by key, noting every problem and going on.
//!
//! Whatever key nobody asks for is unknown, so there is no second list of keys to keep. Knows nothing of releases.

use crate::manifest::finding::{Finding, Findings, Kind};
use crate::manifest::source::{FileId, Located, Span};
use crate::manifest::values::{FromToml, Wrong, kind_of};
use crate::manifest::visible::Quoted;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Names longer than this are nobody's slip of the finger.
const LONGEST_SLIP: usize = 40;
/// What a list of values must be.
const LIST: &str = "an array of strings";
/// How alike a key must be to be suggested.
const ALIKE: f64 = 0.8;

/// A kind of table.
pub(super) trait ReadTable: Sized {
    /// How its header is written, `[[releases]]`; empty for the file itself.
    const HEADER: &'static str;

    /// Asks `reader` for every key there is, tables last.
    fn read(reader: &mut TableReader<'_, '_>) -> Self;
}

/// A table being read.
pub(super) struct TableReader<'a, 'i> {
    table: &'a DeTable<'i>,
    header: Span,
    asked: Vec<&'static str>,
    required: Vec<&'static str>,
    findings: &'a mut Findings,
}

/// The table around the one being read: where a key may really belong.
#[derive(Clone, Copy)]
struct Outer<'o> {
    header: &'static str,
    asked: &'o [&'static str],
}

/// Reads a whole file.
pub(super) fn read_document<R: ReadTable>(file: FileId, table: &DeTable<'_>, findings: &mut Findings) -> R {
    read_table(table, file.span(0..0), None, findings)
}

fn read_table<R: ReadTable>(table: &DeTable<'_>, header: Span, outer: Option<Outer<'_>>, findings: &mut Findings) -> R {
    let mut reader = TableReader { table, header, asked: Vec::new(), required: Vec::new(), findings };
    let read = R::read(&mut reader);
    reader.report_unknown_keys(R::HEADER, outer);
    read
}

impl<'a, 'i> TableReader<'a, 'i> {
    /// The value of `key`, if it is there and right.
    pub(super) fn optional<T: FromToml>(&mut self, key: &'static str) -> Option<Located<T>> {
        let value = self.ask(key)?;
        self.read_value(key, T::EXPECTED, value)
    }

    /// The value of a key that has to be there; `example` is how it could look.
    pub(super) fn required<T: FromToml>(&mut self, key: &'static str, example: &str) -> Option<Located<T>> {
        self.required.push(key);
        if !self.table.contains_key(key) {
            let finding = Finding::new(format!("`{key}` is missing")).help(format!("add `{key} = {example}`"));
            self.findings.push(finding.at(self.header, format!("has no `{key}`")).kind(Kind::Missing));
        }
        self.optional(key)
    }

    /// The values of an array, if all of them are right.
    pub(super) fn list<T: FromToml>(&mut self, key: &'static str) -> Option<Located<Vec<Located<T>>>> {
        let value = self.ask(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            let finding = self.wrong_type(key, LIST, value);
            let example = value.get_ref().as_str().map(|_| format!("put it in brackets: `{key} = [\"…\"]`"));
            self.findings.push(Finding { help: example, ..finding });
            return None;
        };
        let read: Vec<Option<Located<T>>> = items.iter().map(|item| self.read_value(key, LIST, item)).collect();
        let values = read.into_iter().collect::<Option<_>>()?;
        Some(Located { value: values, span: self.span(value) })
    }

    /// Where the table begins.
    pub(super) fn header(&self) -> Span {
        self.header
    }

    /// A table, `[key]`.
    pub(super) fn table<R: ReadTable>(&mut self, key: &'static str, own_header: &'static str) -> Option<R> {
        let value = self.ask(key)?;
        let outer = Outer { header: own_header, asked: &self.asked };
        match value.get_ref() {
            DeValue::Table(table) => Some(read_table(table, self.span(value), Some(outer), self.findings)),
            DeValue::Array(_) => {
                let finding =
                    self.wrong_type(key, "one table", value).help(format!("write its header as `{}`", R::HEADER));
                self.findings.push(finding);
                None
            }
            _ => {
                let help = format!("write a header `{}`, and its keys below it", R::HEADER);
                self.findings.push(self.wrong_type(key, "a table", value).help(help));
                None
            }
        }
    }

    /// An array of tables, `[[key]]`.
    pub(super) fn tables<R: ReadTable>(&mut self, key: &'static str, own_header: &'static str) -> Option<Vec<R>> {
        let value = self.ask(key)?;
        let outer = Outer { header: own_header, asked: &self.asked };
        let DeValue::Array(items) = value.get_ref() else {
            let help = format!("write the header of each as `{}`", R::HEADER);
            self.findings.push(self.wrong_type(key, "an array of tables", value).help(help));
            return None;
        };
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            if let DeValue::Table(table) = item.get_ref() {
                read.push(read_table(table, self.span(item), Some(outer), self.findings));
            } else {
                let help = format!("write each under a header `{}` of its own", R::HEADER);
                self.findings.push(self.wrong_type(key, "an array of tables", item).help(help));
            }
        }
        Some(read)
    }

    fn ask(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    fn report_unknown_keys(&mut self, header: &str, outer: Option<Outer<'_>>) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let whose =
                if header.is_empty() { "there is no such key".to_owned() } else { format!("not a key of {header}") };
            let finding = Finding::new(format!("unknown key {}", Quoted(name)))
                .at(self.header.file.span(key.span()), whose)
                .help(self.suggest(name, outer));
            self.findings.push(finding);
        }
    }

    fn suggest(&self, name: &str, outer: Option<Outer<'_>>) -> String {
        if let Some(outer) = outer.filter(|outer| outer.asked.contains(&name)) {
            return match outer.header {
                "" => format!("`{name}` belongs to no table: write it above the first `[…]`"),
                header => format!("`{name}` belongs to {header}: write it above the tables inside that one"),
            };
        }
        match nearest(name, &self.asked) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the keys here are {}", listed(&self.asked)),
        }
    }

    fn read_value<T: FromToml>(
        &mut self,
        key: &str,
        expected: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Located<T>> {
        let span = self.span(value);
        match T::from_toml(key, value.get_ref()) {
            Ok(value) => Some(Located { value, span }),
            Err(Wrong::Type(help)) => {
                let finding = Finding { help, ..self.wrong_type(key, expected, value) };
                self.findings.push(finding);
                None
            }
            Err(Wrong::Value { message, label, help }) => {
                self.findings.push(Finding { help, ..Finding::new(message).at(span, label) });
                None
            }
        }
    }

    fn wrong_type(&self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>) -> Finding {
        let label = format!("this is {}", kind_of(value.get_ref()));
        Finding::new(format!("`{key}` must be {expected}")).at(self.span(value), label)
    }

    fn span(&self, value: &Spanned<DeValue<'_>>) -> Span {
        self.header.file.span(value.span())
    }
}

/// The word most like `name`, if one is alike enough to be meant.
pub(super) fn nearest<'w>(name: &str, words: &[&'w str]) -> Option<&'w str> {
    if name.len() > LONGEST_SLIP {
        return None;
    }
    let name = name.to_lowercase().replace('-', "_");
    let likeness = |word: &&'w str| (strsim::jaro_winkler(&name, word), *word);
    let best = words.iter().map(likeness).max_by(|left, right| left.0.total_cmp(&right.0));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, word)| word)
}

/// "`a`, `b` and `c`".
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} and `{last}`", first.join(", "))
        }
    }
}

/// The keys that a kind of table has, and those of them that must be there.
#[cfg(test)]
pub(super) fn keys_of<R: ReadTable>() -> (Vec<&'static str>, Vec<&'static str>) {
    let (table, mut findings) = (DeTable::new(), Findings::new());
    let header = FileId::MAIN.span(0..0);
    let mut reader = TableReader { table: &table, header, asked: vec![], required: vec![], findings: &mut findings };
    R::read(&mut reader);
    (reader.asked, reader.required)
}
