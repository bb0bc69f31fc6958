//! A payload as its producer sent it. In: a payload as it is kept. Out: the same without what was remembered beside it.

use std::borrow::Cow;

use loopscope_event::RawJson;

use crate::kept;
use crate::read::Object;

/// The payload as it was sent, numbers that JSON cannot say as `null`.
pub fn sent(data: &RawJson) -> Cow<'_, RawJson> {
    let text = data.as_str();
    if kept::OURS.iter().all(|key| !text.contains(key)) {
        return Cow::Borrowed(data);
    }
    Cow::Owned(RawJson::from_trusted(kept::sent(text, &Object::read(text))))
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
        ] {
            let data = RawJson::from_trusted(kept);
            assert_eq!(sent(&data).as_str(), expected, "{kept}");
        }
    }
}
