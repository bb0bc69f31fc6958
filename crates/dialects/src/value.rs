//! One value of a payload, by its path. In: an event's payload, the names on the way. Out: what stands there, whatever
//! type it was sent as. For what somebody asks of payloads that no dialect knows.

use loopscope_event::RawJson;

use crate::non_finite;
use crate::read::{self, Json, Object};

/// The longest text that is told, in characters.
const MAX_CHARS: usize = 64;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing, `null`, or an object.
    Nothing,
    /// A number, of a text of one too; not finite where the producer's was not.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// A text, cut to a bounded length.
    Text(String),
    /// A list, by its length.
    List(u64),
}

/// What stands at a path of a payload. Names are keys of objects, or places in lists.
pub fn value_at(data: &RawJson, path: &[String]) -> Value {
    let whole = Object::read(data.as_str());
    let Some((first, rest)) = path.split_first() else {
        return Value::Nothing;
    };
    let mut value = whole.get(first);
    for name in rest {
        value = step(value, name);
    }
    match value.as_str() {
        "true" => Value::Truth(true),
        "false" => Value::Truth(false),
        "null" => lost(&whole, path),
        text if text.starts_with('[') => Value::List(value.items().len() as u64),
        text if text.starts_with('{') => Value::Nothing,
        _ => match value.number().or_else(|| value.finite()) {
            Some(number) => Value::Number(number),
            None => value.text().map_or(Value::Nothing, |text| {
                Value::Text(read::cut(&text, MAX_CHARS))
            }),
        },
    }
}

fn step<'a>(value: Json<'a>, name: &str) -> Json<'a> {
    if value.as_str().starts_with('[') {
        let place = name.parse::<usize>().ok();
        let item = place.and_then(|place| value.items().get(place).copied());
        return item.unwrap_or(Json::of_text("null"));
    }
    value.object().get(name)
}

/// A number that JSON cannot say is remembered beside the payload.
fn lost(whole: &Object<'_>, path: &[String]) -> Value {
    let known = non_finite::of(whole);
    if known.is_empty() {
        return Value::Nothing;
    }
    let mut pointer = String::new();
    for name in path {
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
    let found = known.iter().find(|(own, _)| *own == pointer);
    found.map_or(Value::Nothing, |(_, number)| Value::Number(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_whatever_type_they_were_sent_as() {
        let data = r#"{"a":{"b":[1,{"c":"7.5"}],"ok":true,"word":"  high ","none":null},"n":-2e3,"pct":"94%","o":{},"e":""}"#;
        let data = RawJson::from_trusted(data);
        for (path, wanted) in [
            ("a.b", Value::List(2)),
            ("a.b.0", Value::Number(1.0)),
            ("a.b.1.c", Value::Number(7.5)),
            ("a.b.9", Value::Nothing),
            ("a.b.x", Value::Nothing),
            ("a.ok", Value::Truth(true)),
            ("a.word", Value::Text("high".to_owned())),
            ("a.none", Value::Nothing),
            ("n", Value::Number(-2000.0)),
            ("pct", Value::Number(94.0)),
            ("o", Value::Nothing),
            ("o.x.y", Value::Nothing),
            ("e", Value::Nothing),
            ("missing", Value::Nothing),
        ] {
            let names: Vec<String> = path.split('.').map(str::to_owned).collect();
            assert_eq!(value_at(&data, &names), wanted, "{path}");
        }
        assert_eq!(value_at(&data, &[]), Value::Nothing);
        let odd = RawJson::from_trusted("[1]");
        assert_eq!(value_at(&odd, &["0".to_owned()]), Value::Nothing);
    }

    #[test]
    fn what_json_cannot_say_is_a_number_that_is_not_finite() {
        let data = r#"{"m":{"loss":null},"_non_finite":{"/m/loss":"NaN"}}"#;
        let data = RawJson::from_trusted(data);
        let names = ["m".to_owned(), "loss".to_owned()];
        assert!(matches!(value_at(&data, &names), Value::Number(n) if n.is_nan()));
    }
}
