//! A program that is about to be killed: emits for ever, and says how many of its events are on disk for certain.
//!
//! Arguments: the server's address, which should be away, and a session id. For `tests/away.rs`.

use std::time::Duration;

use loopscope_client::{Client, Error, Session};

fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let (url, id) = (
        args.next().unwrap_or_default(),
        args.next().unwrap_or_default(),
    );
    let client = Client::builder().url(url).build()?;
    let run = Session::start("ticker").on(&client).id(id).begin()?;
    let mut n = 0_u64;
    loop {
        for _ in 0..500 {
            run.emit("TICK", serde_json::json!({"n": n}))?;
            n += 1;
        }
        // What has no receipt in time was written before that is said.
        if let Err(Error::Deadline { spilled: true, .. }) = run.flush(Duration::from_millis(1)) {
            println!("{n}");
        }
    }
}
