//! The signs that have a code.

/// Every sign, with dots and dashes.
pub const TABLE: &[(char, &str)] = &[
    ('A', ".-"),
    ('B', "-..."),
    ('C', "-.-."),
    ('D', "-.."),
    ('E', "."),
    ('F', "..-."),
    ('G', "--."),
    ('H', "...."),
    ('I', ".."),
    ('J', ".---"),
    ('K', "-.-"),
    ('L', ".-.."),
    ('M', "--"),
    ('N', "-."),
    ('O', "---"),
    ('P', ".--."),
    ('Q', "--.-"),
    ('R', ".-."),
    ('S', "..."),
    ('T', "-"),
    ('U', "..-"),
    ('V', "...-"),
    ('W', ".--"),
    ('X', "-..-"),
    ('Y', "-.--"),
    ('Z', "--.."),
    ('0', "-----"),
    ('1', ".----"),
    ('2', "..---"),
    ('3', "...--"),
    ('4', "....-"),
    ('5', "....."),
    ('6', "-...."),
    ('7', "--..."),
    ('8', "---.."),
    ('9', "----."),
    ('.', ".-.-.-"),
    (',', "--..--"),
    ('?', "..--.."),
];

/// The code of a sign, in either case.
pub fn code(sign: char) -> Option<&'static str> {
    let sign = sign.to_ascii_uppercase();
    TABLE
        .iter()
        .find(|(known, _)| *known == sign)
        .map(|(_, code)| *code)
}

/// The sign of a code.
pub fn sign(code: &str) -> Option<char> {
    TABLE
        .iter()
        .find(|(_, known)| *known == code)
        .map(|(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_signs_share_a_code() {
        for (sign, code) in TABLE {
            let same = TABLE.iter().filter(|(_, other)| other == code).count();
            assert_eq!(same, 1, "{sign}");
        }
    }

    #[test]
    fn the_distress_call_is_known() {
        assert_eq!(code('s'), Some("..."));
        assert_eq!(code('O'), Some("---"));
        assert_eq!(code('!'), None);
    }

    #[test]
    fn codes_lead_back_to_signs() {
        assert_eq!(sign("-.-."), Some('C'));
        assert_eq!(sign("--..--"), Some(','));
        assert_eq!(sign("......"), None);
    }
}
