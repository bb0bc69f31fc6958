//! Which flags are taken where, and what is read of them.

#[test]
fn the_command_line_is_consistent() {
    super::command().debug_assert();
}

#[test]
fn flags_are_read_before_and_behind_the_command() {
    let line = [
        "loopscope",
        "--port",
        "1",
        "config",
        "--mock",
        "--convergence-url",
        "ws://a",
    ];
    let matches = super::command().get_matches_from(line);
    let flags = super::flags(&matches);
    assert_eq!(flags["port"], ["1"]);
    assert_eq!(flags["mock"], ["true"]);
    assert_eq!(flags["convergence-url"], ["ws://a"]);
    assert!(flags["host"].is_empty());
    let line = ["loopscope", "--config", "a", "token", "create", "x"];
    let last = ["--db-path", "d", "--config", "b"];
    let matches = super::command().get_matches_from(line.iter().chain(&last));
    assert_eq!(super::flags(&matches)["db-path"], ["d"]);
    let file = super::settings_file(&matches);
    assert_eq!(file, Some(&std::path::PathBuf::from("b")));
}

#[test]
fn a_command_takes_the_settings_that_it_heeds_and_no_others() {
    let takes = |line: &[&str]| {
        let line = [&["loopscope"], line].concat();
        super::command().try_get_matches_from(line).is_ok()
    };
    assert!(takes(&["serve", "--port", "1"]));
    assert!(takes(&["--reload"]) && takes(&["serve", "--reload"]));
    assert!(takes(&["doctor", "--db-path", "d"]));
    assert!(takes(&["tail", "f", "--log-level", "debug"]));
    for line in [
        &["doctor", "--port", "1"][..],
        &["sessions", "--port", "1"],
        &["widgets", "list", "--db-path", "d"],
        &["watch", "--config", "f"],
        &["tail", "f", "--db-path", "d"],
    ] {
        assert!(!takes(line), "{line:?}");
    }
}
