//! What must hold for every input. `critical` where a stranger could do harm, `medium` where data would be
//! wrong. A panic counts as `high` wherever it happens.

use std::net::Ipv4Addr;

use gatehouse::{
    address, base64, csv, duration, glob, header, hex, html, path, percent, query, range, recent,
    stats, text, token, varint, version,
};

use crate::hostile::Hostile;

/// One promise of one function.
pub struct Property {
    pub name: &'static str,
    pub severity: &'static str,
    pub file: &'static str,
    pub function: &'static str,
    pub check: fn(&mut Hostile) -> Result<(), String>,
}

macro_rules! properties {
    ($($name:ident $severity:ident $file:literal $function:ident: $check:expr;)*) => {
        /// Every promise that is attacked.
        pub const PROPERTIES: &[Property] = &[$(Property {
            name: stringify!($name),
            severity: stringify!($severity),
            file: $file,
            function: stringify!($function),
            check: $check,
        }),*];
    };
}

properties! {
    address_agrees_with_std critical "src/address.rs" parse: |from| {
        let numbers = ["1", "0", "7", "25", "255", "256", "257", "00", "+1", " 1", "é", ""];
        let parts: Vec<&str> = (0..4).map(|_| numbers[from.small(numbers.len())]).collect();
        let text = parts.join(".");
        let ours = address::parse(&text);
        let theirs = text.parse::<Ipv4Addr>().ok().map(|address| address.octets());
        hold(ours == theirs, || format!("read as {ours:?}, the standard library reads {theirs:?}"))
    };
    base64_round_trip medium "src/base64.rs" encode: |from| {
        let bytes = from.bytes();
        let coded = base64::encode(&bytes);
        hold(base64::decode(&coded) == Some(bytes), || format!("written as {coded:?}, does not read back"))
    };
    base64_has_one_form critical "src/base64.rs" decode: |from| {
        let text = from.text_of(&["Zm9v", "Zg==", "Zm8=", "Zh==", "Zm9=", "A", "=", "é", "+/", "-_"]);
        let Some(bytes) = base64::decode(&text) else { return Ok(()) };
        let again = base64::encode(&bytes);
        hold(again == text, || format!("accepted, though the same bytes are written {again:?}"))
    };
    csv_round_trip medium "src/csv.rs" write: |from| {
        let fields = [from.text(), from.text(), from.text()];
        let line = csv::write(&fields);
        hold(csv::parse(&line).as_deref() == Some(&fields[..]), || format!("written as {line:?}, does not read back"))
    };
    csv_stays_on_its_line medium "src/csv.rs" parse: |from| {
        let line = from.text_of(&["a", "é", "\"", "\"\"", ",", "\r", "\n", " "]);
        let broken = csv::parse(&line).is_some() && line.contains(['\r', '\n']) && !line.contains('"');
        hold(!broken, || "accepted a bare line break".to_string())
    };
    duration_never_overflows medium "src/duration.rs" parse: |from| {
        let text = from.text_of(&["9", "18446744073709551615", "999999999999999999", "0", "s", "m", "h", "d", "é"]);
        duration::parse(&text);
        Ok(())
    };
    duration_round_trip medium "src/duration.rs" format: |from| {
        let seconds = from.number();
        let written = duration::format(seconds);
        hold(duration::parse(&written) == Some(seconds), || format!("written as {written}, does not read back"))
    };
    duration_left_within_budget medium "src/duration.rs" left: |from| {
        let (budget, spent) = (from.number(), from.number());
        let left = duration::left(budget, spent);
        hold(left <= budget, || format!("{left} left"))
    };
    glob_agrees_with_definition medium "src/glob.rs" matches: |from| {
        let pattern = from.text_of(&["a", "b", "é", "*", "?", "."]);
        let text = from.text_of(&["a", "b", "é", ".", "aa"]);
        let ours = glob::matches(&pattern, &text);
        hold(ours == defined_glob(&pattern, &text), || format!("answered {ours}"))
    };
    header_is_one_line critical "src/header.rs" build: |from| {
        let (name, value) = (from.text_of(&["Host", "X", "-", "Via", "Age", "To", "Q", "\n"]), from.text());
        let line = header::build(&name, &value).unwrap_or_default();
        hold(!line.contains(['\r', '\n', '\0']), || format!("wrote {line:?}"))
    };
    header_round_trip medium "src/header.rs" parse: |from| {
        let (name, value) = (from.text_of(&["Host", "X", "-", "Via", "Age", "To", "Q", ":"]), from.text());
        let Some(line) = header::build(&name, &value) else { return Ok(()) };
        let wanted = Some((name.to_ascii_lowercase(), value.trim().to_string()));
        hold(header::parse(&line) == wanted, || format!("wrote {line:?}, does not read back"))
    };
    hex_reads_only_digits medium "src/hex.rs" decode: |from| {
        let text = from.text_of(&["a", "F", "0", "9", "g", "+", "é", "漢", " "]);
        let accepted = hex::decode(&text).is_some();
        let right = text.len() % 2 == 0 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hold(accepted == right, || format!("answered {accepted}"))
    };
    hex_round_trip medium "src/hex.rs" encode: |from| {
        let bytes = from.bytes();
        let written = hex::encode(&bytes);
        hold(hex::decode(&written) == Some(bytes), || format!("written as {written}, does not read back"))
    };
    html_is_inert critical "src/html.rs" escape: |from| {
        let text = from.text();
        let safe = html::escape(&text);
        hold(!safe.contains(['<', '>', '"', '\'']), || format!("wrote {safe:?}"))
    };
    html_attribute_keeps_its_quotes critical "src/html.rs" attribute: |from| {
        let written = html::attribute("title", &from.text());
        hold(written.matches('"').count() == 2, || format!("wrote {written:?}"))
    };
    path_stays_inside critical "src/path.rs" resolve: |from| {
        let text = from.text_of(&["a", "b", "é", "/", "/", "..", "..", ".", "\\", "\0"]);
        let Some(inside) = path::resolve(&text) else { return Ok(()) };
        let escaped = inside.starts_with('/') || inside.contains(['\\', '\0']) || inside.split('/').any(|part| part == "..");
        hold(!escaped, || format!("resolved to {inside:?}"))
    };
    path_extension_is_no_folder medium "src/path.rs" extension: |from| {
        let text = from.text_of(&["a", "é", "/", ".", "rs"]);
        let extension = path::extension(&text).unwrap_or("x");
        hold(!extension.is_empty() && !extension.contains(['/', '.']), || format!("answered {extension:?}"))
    };
    percent_never_panics medium "src/percent.rs" decode: |from| {
        percent::decode(&from.text_of(&["%", "%4", "%41", "%C3", "%é", "é", "a", "%%", "%FF"]));
        Ok(())
    };
    percent_round_trip medium "src/percent.rs" encode: |from| {
        let text = from.text();
        let written = percent::encode(&text);
        hold(percent::decode(&written) == Some(text), || format!("written as {written}, does not read back"))
    };
    query_round_trip medium "src/query.rs" write: |from| {
        let pairs = [(from.text() + "n", from.text()), (from.text() + "m", from.text())];
        let written = query::write(&pairs);
        hold(query::parse(&written) == pairs, || format!("written as {written}, does not read back"))
    };
    query_is_bounded critical "src/query.rs" parse: |from| {
        let count = from.small(200);
        let read = query::parse(&"a=1&".repeat(count)).len();
        hold(read <= query::MAX_PAIRS, || format!("read {read} pairs"))
    };
    range_is_inside critical "src/range.rs" parse: |from| {
        let (first, last) = (from.text_of(&["0", "5", "18446744073709551615", "+1"]), from.number());
        let length = from.number();
        for text in [format!("bytes={first}-{last}"), format!("bytes={first}-")] {
            if let Some((first, last)) = range::parse(&text, length)
                && (first > last || last >= length)
            {
                return Err(format!("answered {first} to {last} of {length}"));
            }
        }
        Ok(())
    };
    range_size_counts_both_ends medium "src/range.rs" size: |from| {
        let (first, last) = (from.number(), from.number());
        let size = range::size(first, last);
        hold(size >= 1, || format!("answered {size}"))
    };
    recent_keeps_the_newest medium "src/recent.rs" push: |from| {
        let (capacity, count) = (from.small(6), from.small(20));
        let mut ring = recent::Recent::new(capacity);
        (0..count).for_each(|item| ring.push(item));
        let kept: Vec<usize> = ring.iter().copied().collect();
        let wanted: Vec<usize> = (count.saturating_sub(capacity)..count).collect();
        hold(kept == wanted, || format!("kept {kept:?}"))
    };
    stats_percentile_is_a_sample medium "src/stats.rs" percentile: |from| {
        let (samples, percent) = (from.samples(), from.small(256) as u8);
        let numbers = samples.iter().filter(|sample| !sample.is_nan()).count();
        let answer = stats::percentile(&samples, percent);
        hold(answer.is_some() == (numbers > 0), || format!("answered {answer:?}"))
    };
    stats_mean_is_within medium "src/stats.rs" mean: |from| {
        let samples = from.samples();
        let highest = samples.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let right = stats::mean(&samples).is_none_or(|mean| mean <= highest + 1e-6);
        hold(right, || "the mean is above every sample, or no number".to_string())
    };
    text_truncate_fits medium "src/text.rs" truncate: |from| {
        let (text, most) = (from.text(), from.small(24));
        let cut = text::truncate(&text, most);
        hold(cut.len() <= most && text.starts_with(cut), || format!("answered {cut:?}"))
    };
    text_elide_fits medium "src/text.rs" elide: |from| {
        let (text, most) = (from.text(), from.small(12));
        let cut = text::elide(&text, most);
        hold(cut.chars().count() <= most, || format!("answered {cut:?}"))
    };
    text_wrap_loses_nothing medium "src/text.rs" wrap: |from| {
        let (text, width) = (from.text_of(&["ab", "é", "漢字", " ", "  ", "\n", "longer"]), from.small(12));
        let lines = text::wrap(&text, width);
        let fits = lines.iter().all(|line| line.chars().count() <= width || !line.contains(' '));
        let whole = lines.join(" ").split_whitespace().eq(text.split_whitespace());
        hold(fits && whole, || format!("wrapped to {lines:?}"))
    };
    text_slug_is_an_address medium "src/text.rs" slug: |from| {
        let slug = text::slug(&from.text());
        let right = !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--");
        let plain = slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        hold(right && plain, || format!("answered {slug:?}"))
    };
    token_same_means_equal critical "src/token.rs" same: |from| {
        let given = from.bytes();
        let known = [&given[..from.small(given.len() + 1)], &[7][..from.small(2)]].concat();
        let answer = token::same(&given, &known);
        hold(answer == (given == known), || format!("answered {answer}"))
    };
    token_mask_hides critical "src/token.rs" mask: |from| {
        let secret = from.text();
        let shown = token::mask(&secret).chars().count().saturating_sub(4);
        hold(shown == 0 || secret.chars().count() >= 3 * shown, || format!("shows {shown} characters"))
    };
    varint_round_trip medium "src/varint.rs" encode: |from| {
        let number = from.number();
        let mut bytes = Vec::new();
        varint::encode(number, &mut bytes);
        hold(varint::decode(&bytes) == Some((number, bytes.len())), || format!("written as {bytes:?}, does not read back"))
    };
    varint_never_panics medium "src/varint.rs" decode: |from| {
        let bytes = from.bytes();
        let taken = varint::decode(&bytes).map_or(0, |(_, taken)| taken);
        hold(taken <= bytes.len(), || format!("took {taken} bytes"))
    };
    version_never_panics medium "src/version.rs" parse: |from| {
        let numbers = ["0", "1", "20", "4294967295", "4294967296", "+1", "-1", "", "é"];
        let parts: Vec<&str> = (0..3 + from.small(2)).map(|_| numbers[from.small(numbers.len())]).collect();
        let text = ["", "v"][from.small(2)].to_string() + &parts.join(".");
        let accepted = version::parse(&text).is_some();
        hold(!accepted || !text.contains('+'), || "accepted a sign".to_string())
    };
}

fn hold(stands: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if stands { Ok(()) } else { Err(message()) }
}

/// Matching as the documentation defines it, slow but plain.
fn defined_glob(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| defined_glob(rest.as_str(), &text[at..])),
        Some(wanted) => {
            let mut others = text.chars();
            others
                .next()
                .is_some_and(|first| wanted == '?' || wanted == first)
                && defined_glob(rest.as_str(), others.as_str())
        }
    }
}
