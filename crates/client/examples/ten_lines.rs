//! The ten lines of the README: a program tells a server what it does.

use loopscope_client::{Error, Finding, Session, Severity};

fn main() -> Result<(), Error> {
    let run = Session::start("nightly").target("services/gate").begin()?;
    let step = run.step("diagnose");
    step.finding(Finding::new("unchecked length").severity(Severity::High));
    step.succeed();
    for epoch in 0..10_u32 {
        run.metric_at("loss", 1.0 / f64::from(epoch + 1), u64::from(epoch));
    }
    run.finish()?;
    Ok(())
}
