//! One record of comma-separated values.

/// Reads a record. `None` for a quote left open, text after a closing quote, or a bare line break.
pub fn parse(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut chars = line.chars().peekable();
    loop {
        if chars.next_if_eq(&'"').is_some() {
            loop {
                match chars.next()? {
                    '"' if chars.next_if_eq(&'"').is_some() => field.push('"'),
                    '"' => break,
                    other => field.push(other),
                }
            }
        } else {
            while let Some(next) = chars.next_if(|next| *next != ',') {
                if matches!(next, '"' | '\r' | '\n') {
                    return None;
                }
                field.push(next);
            }
        }
        fields.push(std::mem::take(&mut field));
        match chars.next() {
            None => return Some(fields),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

/// Writes a record that [`parse`] reads back.
pub fn write<S: AsRef<str>>(fields: &[S]) -> String {
    let mut out = String::new();
    for (number, field) in fields.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        let field = field.as_ref();
        if field.contains(['"', ',', '\r', '\n']) {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_commas() {
        assert_eq!(parse("a,b,,c").unwrap(), ["a", "b", "", "c"]);
        assert_eq!(parse("").unwrap(), [""]);
    }

    #[test]
    fn quoted_fields_keep_commas_and_quotes() {
        assert_eq!(
            parse(r#""a,b","say ""hi""""#).unwrap(),
            ["a,b", r#"say "hi""#]
        );
    }

    #[test]
    fn refuses_open_quotes() {
        assert_eq!(parse(r#""open"#), None);
        assert_eq!(parse(r#""closed"rest"#), None);
    }

    #[test]
    fn writes_what_it_reads() {
        assert_eq!(write(&["a", "b c", "d,e"]), r#"a,b c,"d,e""#);
        assert_eq!(write(&["line\nbreak"]), "\"line\nbreak\"");
    }
}
