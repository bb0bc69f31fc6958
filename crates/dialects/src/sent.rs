//! A payload as its producer sent it. In: a payload as it is kept. Out: the same without what was remembered beside it.

use std::borrow::Cow;

use loopscope_event::RawJson;

use crate::read::Object;
use crate::{kept, non_finite};

/// The payload as it was sent, numbers that JSON cannot say as `null`. For dialects whose frames keep nothing else of
/// what stands beside it.
pub fn sent(data: &RawJson) -> Cow<'_, RawJson> {
    let text = data.as_str();
    if !text.contains(non_finite::KEY) {
        return Cow::Borrowed(data);
    }
    let fields = Object::read(text);
    if !non_finite::is_ours(&fields) {
        return Cow::Borrowed(data);
    }
    let sent = kept::without(text, &fields, &[non_finite::KEY]);
    Cow::Owned(RawJson::from_trusted(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_is_left_out_and_the_rest_keeps_every_byte() {
        for (kept, expected) in [
            (r#"{"a" : 1}"#, r#"{"a" : 1}"#),
            (
                r#"{"a" : null,"_non_finite":{"/a":"NaN"}}"#,
                r#"{"a" : null}"#,
            ),
            (r#"{"_non_finite":{"/a":"NaN"}}"#, "{}"),
            (r#"{"text":"_non_finite"}"#, r#"{"text":"_non_finite"}"#),
            (r#"{"_envelope":{"a":1}}"#, r#"{"_envelope":{"a":1}}"#),
            (
                r#"{"_non_finite":{"/a":"x"}}"#,
                r#"{"_non_finite":{"/a":"x"}}"#,
            ),
            (r#"{"_non_finite":[1]}"#, r#"{"_non_finite":[1]}"#),
        ] {
            let data = RawJson::from_trusted(kept);
            assert_eq!(sent(&data).as_str(), expected, "{kept}");
        }
    }
}
