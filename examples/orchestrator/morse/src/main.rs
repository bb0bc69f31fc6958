//! `morse encode TEXT…` and `morse decode CODE…`.

use std::process::ExitCode;

use morse::{decode::decode, encode::encode};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_default();
    let text = words.collect::<Vec<_>>().join(" ");
    let done = match what.as_str() {
        "encode" => encode(&text).map_err(|unknown| format!("no code for {:?}", unknown.0)),
        "decode" => decode(&text).map_err(|none| format!("{} means nothing", none.0)),
        _ => Err("say `encode` or `decode`".to_owned()),
    };
    match done {
        Ok(text) => println!("{text}"),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
