//! Reads a parsed TOML table key by key, noting every problem and going on.
//!
//! Whatever key nobody asks for is unknown, so there is no second list of keys to keep. Knows nothing of releases.

use crate::manifest::finding::{Finding, Findings, Kind};
use crate::manifest::source::{FileId, Located, Origin, Span};
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
    /// What the headers of the tables in it begin with, `projects.`, if that is not what its own begins with.
    const WITHIN: &'static str = "";

    /// Asks `reader` for every key there is, tables last.
    fn read(reader: &mut TableReader<'_, '_>) -> Self;
}

/// A table being read.
pub(super) struct TableReader<'a, 'i> {
    table: &'a DeTable<'i>,
    origin: Origin,
    header: Span,
    /// What its header begins with.
    within: &'static str,
    /// How many of the table's keys have been asked for.
    found: usize,
    /// Takes down what is asked for, of a table that is read for nothing else.
    keys: Option<&'a mut Keys>,
    findings: &'a mut Findings,
}

/// The keys that a kind of table has.
#[derive(Default)]
pub(super) struct Keys {
    /// All of them.
    pub(super) asked: Vec<&'static str>,
    /// Those that hold values rather than tables.
    pub(super) values: Vec<&'static str>,
    /// Those that must be there.
    pub(super) required: Vec<&'static str>,
    /// Those that are refused by name.
    elsewhere: Vec<&'static str>,
}

/// The table around the one being read: where a key may really belong.
#[derive(Clone)]
struct Outer {
    header: String,
    /// What the headers of tables in it begin with.
    within: &'static str,
    keys: fn() -> Keys,
}

/// How a kind of table's header is written, `[[projects.releases]]`, where it begins with `within`.
fn header_within(within: &str, header: &str) -> String {
    let name = header.trim_start_matches('[');
    if name.is_empty() { String::new() } else { format!("{}{within}{name}", &header[..header.len() - name.len()]) }
}

/// Reads a whole file, or a piece of one.
pub(super) fn read_document<R: ReadTable>(origin: Origin, table: &DeTable<'_>, findings: &mut Findings) -> R {
    read_table(table, origin, origin.span(0..0), None, findings)
}

fn read_table<R: ReadTable>(
    table: &DeTable<'_>,
    origin: Origin,
    header: Span,
    outer: Option<Outer>,
    findings: &mut Findings,
) -> R {
    let within = outer.as_ref().map_or("", |outer| outer.within);
    let mut reader = TableReader { table, origin, header, within, found: 0, keys: None, findings };
    let read = R::read(&mut reader);
    if reader.found < table.len() {
        reader.report_unknown_keys(&header_within(within, R::HEADER), &keys_of::<R>(), outer);
    }
    read
}

/// The keys that a kind of table has, found by asking; this is for the rare case that a manifest has others.
pub(super) fn keys_of<R: ReadTable>() -> Keys {
    let (table, mut findings, mut keys) = (DeTable::new(), Findings::new(), Keys::default());
    let origin = Origin::of(FileId::MAIN);
    let header = origin.span(0..0);
    R::read(&mut TableReader {
        table: &table,
        origin,
        header,
        within: "",
        found: 0,
        keys: Some(&mut keys),
        findings: &mut findings,
    });
    keys
}

impl<'a, 'i> TableReader<'a, 'i> {
    /// The value of `key`, if it is there and right.
    pub(super) fn optional<T: FromToml>(&mut self, key: &'static str) -> Option<Located<T>> {
        let value = self.ask(key)?;
        self.read_value(key, T::EXPECTED, value)
    }

    /// Whether any of `keys` is there, right or not.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.table.contains_key(*key))
    }

    /// Where a key is written, right or not: in a header, the first time.
    pub(super) fn key(&self, key: &str) -> Option<Span> {
        self.table.get_key_value(key).map(|(key, _)| self.origin.span(key.span()))
    }

    /// A key that belongs into another file; `why` tells whose it is.
    pub(super) fn refuse(&mut self, key: &'static str, why: &str) {
        if let Some(keys) = &mut self.keys {
            keys.elsewhere.push(key);
        }
        if let Some((key, value)) = self.table.get_key_value(key) {
            let name: &str = key.get_ref();
            // A header is shown whole.
            let span = if value.get_ref().is_table() { value.span() } else { key.span() };
            let finding = Finding::new(format!("{} in an included file", Quoted(name)));
            self.findings.push(finding.at(self.origin.span(span), "not here").help(why));
            self.found += 1;
        }
    }

    /// The value of a key that has to be there; `example` is how it could look.
    pub(super) fn required<T: FromToml>(&mut self, key: &'static str, example: &str) -> Option<Located<T>> {
        if let Some(keys) = &mut self.keys {
            keys.required.push(key);
        }
        if !self.table.contains_key(key) {
            let finding = Finding::new(format!("`{key}` is missing")).help(format!("add `{key} = {example}`"));
            self.findings.push(finding.at(self.header, format!("has no `{key}`")).kind(Kind::Missing));
        }
        self.optional(key)
    }

    /// The values of an array, if all of them are right.
    pub(super) fn list<T: FromToml>(&mut self, key: &'static str) -> Option<Located<Vec<Located<T>>>> {
        self.right_of(key).filter(|(_, are_all)| *are_all).map(|(list, _)| list)
    }

    /// Those values of an array that are right.
    pub(super) fn right<T: FromToml>(&mut self, key: &'static str) -> Vec<Located<T>> {
        self.right_of(key).map(|(list, _)| list.value).unwrap_or_default()
    }

    /// Those values of an array that are right, and whether these are all.
    fn right_of<T: FromToml>(&mut self, key: &'static str) -> Option<(Located<Vec<Located<T>>>, bool)> {
        let value = self.ask(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            let finding = self.wrong_type(key, LIST, value);
            let example = value.get_ref().as_str().map(|_| format!("put it in brackets: `{key} = [\"…\"]`"));
            self.findings.push(Finding { help: example, ..finding });
            return None;
        };
        let mut values = Vec::with_capacity(items.len());
        values.extend(items.iter().filter_map(|item| self.read_value(key, LIST, item)));
        let are_all = values.len() == items.len();
        Some((Located { value: values, span: self.span(value) }, are_all))
    }

    /// Where the table begins.
    pub(super) fn header(&self) -> Span {
        self.header
    }

    /// A table, `[key]`.
    pub(super) fn table<R: ReadTable, Own: ReadTable>(&mut self, key: &'static str) -> Option<R> {
        let value = self.ask_for_table(key)?;
        let outer = self.outer::<Own>();
        let header = header_within(outer.within, R::HEADER);
        match value.get_ref() {
            DeValue::Table(table) => Some(read_table(table, self.origin, self.span(value), Some(outer), self.findings)),
            DeValue::Array(_) => {
                let finding = self.wrong_type(key, "one table", value).help(format!("write its header as `{header}`"));
                self.findings.push(finding);
                None
            }
            _ => {
                let help = format!("write a header `{header}`, and its keys below it");
                self.findings.push(self.wrong_type(key, "a table", value).help(help));
                None
            }
        }
    }

    /// An array of tables, `[[key]]`.
    pub(super) fn tables<R: ReadTable, Own: ReadTable>(&mut self, key: &'static str) -> Option<Vec<R>> {
        let value = self.ask_for_table(key)?;
        let outer = self.outer::<Own>();
        let header = header_within(outer.within, R::HEADER);
        let DeValue::Array(items) = value.get_ref() else {
            let help = format!("write the header of each as `{header}`");
            self.findings.push(self.wrong_type(key, "an array of tables", value).help(help));
            return None;
        };
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            if let DeValue::Table(table) = item.get_ref() {
                read.push(read_table(table, self.origin, self.span(item), Some(outer.clone()), self.findings));
            } else {
                let help = format!("write each under a header `{header}` of its own");
                self.findings.push(self.wrong_type(key, "an array of tables", item).help(help));
            }
        }
        Some(read)
    }

    /// What the tables in this one, which is an `Own`, have around them.
    fn outer<Own: ReadTable>(&self) -> Outer {
        let within = if Own::WITHIN.is_empty() { self.within } else { Own::WITHIN };
        Outer { header: header_within(self.within, Own::HEADER), within, keys: keys_of::<Own> }
    }

    fn ask(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        if let Some(keys) = &mut self.keys {
            keys.values.push(key);
        }
        self.ask_for_table(key)
    }

    fn ask_for_table(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        if let Some(keys) = &mut self.keys {
            keys.asked.push(key);
        }
        self.table.get(key).inspect(|_| self.found += 1)
    }

    fn report_unknown_keys(&mut self, header: &str, keys: &Keys, outer: Option<Outer>) {
        let outer = outer.map(|outer| (outer.header, (outer.keys)().values));
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if keys.asked.contains(&name) || keys.elsewhere.contains(&name) {
                continue;
            }
            let whose =
                if header.is_empty() { "there is no such key".to_owned() } else { format!("not a key of {header}") };
            let finding = Finding::new(format!("unknown key {}", Quoted(name)))
                .at(self.origin.span(key.span()), whose)
                .help(suggest(name, &keys.asked, outer.as_ref()));
            self.findings.push(finding);
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
        self.origin.span(value.span())
    }
}

/// What to do about a key that isn't one of `keys`; `outer` is the table around its own, header and keys.
fn suggest(name: &str, keys: &[&'static str], outer: Option<&(String, Vec<&'static str>)>) -> String {
    match outer.filter(|(_, keys)| keys.contains(&name)) {
        Some((header, _)) if header.is_empty() => {
            return format!("`{name}` belongs to no table: write it above the first `[…]`");
        }
        Some((header, _)) => return format!("`{name}` belongs to {header}: write it above the tables inside that one"),
        None => {}
    }
    match nearest(name, keys) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the keys here are {}", listed(keys)),
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
