//! Numbers that JSON cannot say, remembered beside the `null` that stands for them.
//!
//! In: an event's text, and where its tokens stood. Out: the payload with `"_non_finite":{"/op_q_values/0":"NaN"}` as its
//! last key: JSON pointers into the payload, and the words. An event without such numbers costs one comparison.

use loopscope_event::RawJson;

use crate::json::Clean;
use crate::kept;
use crate::read::{self, Json, Object};

/// The key.
pub(crate) const KEY: &str = "_non_finite";
/// The most numbers that are remembered of an event.
const MAX_NUMBERS: usize = 64;
/// The longest pointer that is remembered, in bytes.
const MAX_POINTER_BYTES: usize = 256;

/// Adds what was replaced in `source` (a part of the cleaned text) to the payload that was made of it.
pub(crate) fn remember(data: &mut RawJson, source: &str, clean: &Clean<'_>) {
    if clean.non_finite.is_empty() {
        return;
    }
    let Some(start) = (source.as_ptr() as usize).checked_sub(clean.text.as_ptr() as usize) else {
        return;
    };
    let from = clean.non_finite.partition_point(|(at, _)| *at < start);
    let end = start + source.len();
    let tokens = clean.non_finite.get(from..).unwrap_or_default().iter();
    let tokens: Vec<(usize, &str)> = tokens
        .take_while(|(at, _)| *at < end)
        .take(MAX_NUMBERS)
        .map(|(at, word)| (at - start, *word))
        .collect();
    if tokens.is_empty() {
        return;
    }
    let fields = Object::read(data.as_str());
    let mut known: Vec<(String, String)> = Vec::new();
    for (pointer, word) in pointers(source, &tokens) {
        // Of the payload, or of a flat event whose fields became its payload.
        let inner = pointer.strip_prefix("/data").unwrap_or(&pointer);
        let first = inner.get(1..).and_then(|rest| rest.split('/').next());
        let is_there = first.is_some_and(|first| {
            let first = unescaped(first);
            fields.has(&first) && !kept::OURS.contains(&first.as_str())
        });
        if is_there && inner.len() <= MAX_POINTER_BYTES {
            known.push((inner.to_owned(), format!("\"{word}\"")));
        }
    }
    if known.is_empty() || fields.has(KEY) {
        return;
    }
    let known = read::object_of(known.iter().map(|(key, word)| (&**key, &**word)));
    let text = data.as_str().strip_suffix('}').unwrap_or(data.as_str());
    let comma = if fields.is_empty() { "" } else { "," };
    *data = RawJson::from_trusted(format!("{text}{comma}\"{KEY}\":{}}}", known.as_str()));
}

/// The numbers of a payload that are remembered: pointer and value.
pub(crate) fn of(data: &Object<'_>) -> Vec<(String, f64)> {
    let known = data.get(KEY);
    if known.as_str() == "null" {
        return Vec::new();
    }
    let known = known.object();
    known
        .iter()
        .take(MAX_NUMBERS)
        .filter_map(|(pointer, word)| Some((pointer.to_owned(), Json::number(word)?)))
        .collect()
}

/// Whether what a payload has under the key can be ours: pointers, and words for numbers.
pub(crate) fn is_ours(data: &Object<'_>) -> bool {
    let known = data.get(KEY).object();
    let is_ours = |(pointer, word): (&str, Json<'_>)| {
        pointer.starts_with('/')
            && matches!(word.as_str(), "\"NaN\"" | "\"Infinity\"" | "\"-Infinity\"")
    };
    !known.is_empty() && known.iter().all(is_ours)
}

/// A part of a pointer as the key that it names.
fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// Where in an object the scan is.
enum Place {
    Key(String),
    Index(usize),
}

/// The JSON pointers of places in a valid text; it never recurses.
fn pointers<'a>(text: &str, places: &[(usize, &'a str)]) -> Vec<(String, &'a str)> {
    let bytes = text.as_bytes();
    let mut path: Vec<Place> = Vec::new();
    let mut found = Vec::with_capacity(places.len());
    let mut wanted = places.iter();
    let mut next = wanted.next();
    let mut at = 0;
    // The key that was read last and waits for its value.
    let mut awaits_key = false;
    while let (Some((place, word)), Some(byte)) = (next, bytes.get(at)) {
        if at >= *place {
            found.push((pointer(&path), *word));
            next = wanted.next();
            continue;
        }
        match byte {
            b'"' => {
                let end = string_end(bytes, at);
                if awaits_key {
                    let key = Json::of_text(text.get(at..end).unwrap_or_default()).string();
                    if let Some(Place::Key(own)) = path.last_mut() {
                        *own = key.map(std::borrow::Cow::into_owned).unwrap_or_default();
                    }
                    awaits_key = false;
                }
                at = end;
                continue;
            }
            b'{' => {
                path.push(Place::Key(String::new()));
                awaits_key = true;
            }
            b'[' => path.push(Place::Index(0)),
            b'}' | b']' => {
                path.pop();
                awaits_key = false;
            }
            b',' => match path.last_mut() {
                Some(Place::Index(index)) => *index += 1,
                Some(Place::Key(_)) => awaits_key = true,
                None => {}
            },
            _ => {}
        }
        at += 1;
    }
    found
}

/// Behind the closing quote of a string that begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn pointer(path: &[Place]) -> String {
    let mut pointer = String::new();
    for place in path {
        pointer.push('/');
        match place {
            Place::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Place::Index(index) => pointer.push_str(&index.to_string()),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{NonFinite, clean};

    fn check(text: &str, expected: &str) {
        let clean = clean(text.as_bytes(), NonFinite::Null).unwrap();
        let source = clean.text.trim();
        let fields = Object::read(source);
        let data = fields.get("data");
        let data = if data.as_str().starts_with('{') {
            data.as_str()
        } else {
            source
        };
        let mut data = RawJson::from_trusted(data);
        remember(&mut data, source, &clean);
        assert_eq!(data.as_str(), expected, "{text}");
    }

    #[test]
    fn each_is_remembered_by_its_pointer() {
        check(r#"{"data":{"a":1}}"#, r#"{"a":1}"#);
        check(
            r#" {"a":NaN,"data":{"x":["NaN",{"y/z":[1,-Infinity]}],"~":NaN}}"#,
            r#"{"x":["NaN",{"y/z":[1,null]}],"~":null,"_non_finite":{"/x/1/y~1z/1":"-Infinity","/~0":"NaN"}}"#,
        );
        check(
            r#"{"loss":Infinity,"b":{"c":"\"{,"},"d":[[],NaN]}"#,
            r#"{"loss":null,"b":{"c":"\"{,"},"d":[[],null],"_non_finite":{"/loss":"Infinity","/d/1":"NaN"}}"#,
        );
        check(
            r#"{"data":{"e":{},"\u0061":NaN}}"#,
            r#"{"e":{},"\u0061":null,"_non_finite":{"/a":"NaN"}}"#,
        );
    }

    #[test]
    fn at_most_sixty_four_are() {
        let many = vec!["NaN"; 100].join(",");
        let text = format!(r#"{{"data":{{"a":[{many}]}}}}"#);
        let clean = clean(text.as_bytes(), NonFinite::Null).unwrap();
        let fields = Object::read(&clean.text);
        let mut data = RawJson::from_trusted(fields.get("data").as_str());
        remember(&mut data, &clean.text, &clean);
        assert_eq!(of(&Object::read(data.as_str())).len(), MAX_NUMBERS);
    }
}
