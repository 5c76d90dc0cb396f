//! Queries and forms with nested names, as Rack reads them: `milestones[]=a`, `assets[links][][name]=b`.

use serde_json::{Map, Value};

/// Rack's limit on brackets.
const MAX_DEPTH: usize = 32;

/// A name whose brackets contradict another one's or go too deep, or bytes that are no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads `a=1&b[]=2&c[d]=3`.
pub(crate) fn parse(text: &[u8]) -> Result<Map<String, Value>, Malformed> {
    let mut root = Map::new();
    for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(parts.next().unwrap_or_default())?;
        add(&mut root, &name, decode(parts.next().unwrap_or_default())?)?;
    }
    Ok(root)
}

/// One name or value. The url crate would put a stand-in for what is no UTF-8, and so store what nobody sent.
fn decode(text: &[u8]) -> Result<String, Malformed> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let decoded: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    String::from_utf8(decoded).map_err(|_| Malformed)
}

/// Adds one value under its nested name.
pub(super) fn add(root: &mut Map<String, Value>, name: &str, value: String) -> Result<(), Malformed> {
    let Some(keys) = split(name) else { return Ok(()) };
    if keys.len() > MAX_DEPTH {
        return Err(Malformed);
    }
    insert(root, &keys, value)
}

/// `a[b][]` as `a`, `b` and the empty key. A name without a first part names nothing.
fn split(name: &str) -> Option<Vec<&str>> {
    let (first, mut rest) = name.find('[').map_or((name, ""), |at| name.split_at(at));
    let mut keys = vec![first];
    while let Some((key, more)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
        keys.push(key);
        rest = more;
    }
    (!first.is_empty()).then_some(keys)
}

fn insert(map: &mut Map<String, Value>, keys: &[&str], value: String) -> Result<(), Malformed> {
    let [key, rest @ ..] = keys else { return Err(Malformed) };
    match rest {
        [] => {
            map.insert((*key).to_owned(), Value::String(value));
            Ok(())
        }
        ["", rest @ ..] => {
            let entry = map.entry(*key).or_insert_with(|| Value::Array(Vec::new()));
            append(entry.as_array_mut().ok_or(Malformed)?, rest, value)
        }
        _ => {
            let entry = map.entry(*key).or_insert_with(|| Value::Object(Map::new()));
            insert(entry.as_object_mut().ok_or(Malformed)?, rest, value)
        }
    }
}

/// A key that the last element has already starts the next element.
fn append(items: &mut Vec<Value>, keys: &[&str], value: String) -> Result<(), Malformed> {
    let [key, ..] = keys else {
        items.push(Value::String(value));
        return Ok(());
    };
    let continues = items.last().and_then(Value::as_object).is_some_and(|last| !last.contains_key(*key));
    if !continues {
        items.push(Value::Object(Map::new()));
    }
    let last = items.last_mut().and_then(Value::as_object_mut).ok_or(Malformed)?;
    insert(last, keys, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_names_become_lists_and_maps() {
        let read = |text: &str| parse(text.as_bytes()).map(Value::Object);
        assert_eq!(read("a=1&b%5B%5D=2&b[]=3"), Ok(json!({ "a": "1", "b": ["2", "3"] })));
        assert_eq!(
            read("x[l][][n]=1&x[l][][u]=2&x[l][][n]=3"),
            Ok(json!({ "x": { "l": [{ "n": "1", "u": "2" }, { "n": "3" }] } }))
        );
        assert_eq!(read("x[l][0][n]=1"), Ok(json!({ "x": { "l": { "0": { "n": "1" } } } })));
        assert_eq!(read("a=1&a[b]=2"), Err(Malformed));
        assert_eq!(read(&format!("a{}=1", "[b]".repeat(40))), Err(Malformed));
        assert_eq!(read("[a]=1&b[=2"), Ok(json!({ "b": "2" })));
    }
}
