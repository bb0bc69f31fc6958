//! `loopscope widgets` against a running server: declared of files and of standard input, shown, arranged, deleted,
//! refused at their field.

use serde_json::{Value, json};

use crate::command_line::{Ran, ask, run};
use crate::support::{Server, some};

const TOML: &str = "name = \"by-pass\"\ntitle = \"By pass\"\nx = \"iteration\"\nchart = \"bars\"\n\
                    [select]\nevents = [\"METRICS\"]\n";

fn refused(ran: &Ran, words: &[&str]) {
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
    for word in words {
        assert!(ran.err.contains(word), "{word}: {}", ran.err);
    }
}

#[tokio::test]
async fn a_widget_is_declared_listed_shown_and_deleted() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..7)).await;
    server.tell(&some("t", 0..2)).await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{}", server.address());
    std::fs::write(folder.path().join("by-pass.toml"), TOML).unwrap();
    let env = [("LOOPSCOPE_SERVER", url.as_str())];
    let line = ["widgets", "declare", "by-pass.toml"];
    let made = run(folder.path(), &env, &line, "").await;
    assert_eq!((made.code, made.out.as_str()), (0, "by-pass is declared\n"));
    // A pipe has no ending: the first sign tells.
    let spec = json!({"name": "all", "select": {"events": ["*"]}, "chart": "number"});
    let line = ["widgets", "declare", "-", "--json"];
    let made = ask(&server, &line, &spec.to_string()).await.json();
    assert_eq!(
        (&made["name"], &made["title"], &made["source"]),
        (&json!("all"), &json!("all"), &json!("declared"))
    );
    assert_eq!(made["spec"]["chart"], "number");
    assert_eq!(made, server.read("/api/v1/widgets/all").await);

    let told = ask(&server, &["widgets", "list", "--json"], "")
        .await
        .json();
    let page = server.read("/api/v1/widgets").await;
    assert_eq!(
        (&told["widgets"], &told["arrangement"]),
        (&page["widgets"], &page["arrangement"])
    );
    let told = ask(&server, &["widgets", "list"], "").await;
    let lines: Vec<Vec<&str>> = told
        .out
        .lines()
        .map(|line| line.split_whitespace().take(3).collect())
        .collect();
    assert_eq!(
        lines,
        [
            ["NAME", "SOURCE", "CHART"],
            ["all", "declared", "number"],
            ["by-pass", "declared", "bars"]
        ]
    );

    let line = ["widgets", "show", "by-pass", "--json"];
    let told = ask(&server, &line, "").await.json();
    assert_eq!(told["widget"], server.read("/api/v1/widgets/by-pass").await);
    assert_eq!(told["state"]["state"]["number"], json!(9.0));
    let line = ["--session", "s", "--at", "4"];
    let told = ask(
        &server,
        &[&["widgets", "show", "by-pass", "--json"], &line[..]].concat(),
        "",
    )
    .await
    .json();
    assert_eq!(
        (&told["state"]["seq"], &told["state"]["state"]["number"]),
        (&json!(4), &json!(4.0))
    );
    let told = ask(
        &server,
        &["widgets", "show", "by-pass", "--session", "s"],
        "",
    )
    .await;
    assert_eq!(told.code, 0, "{}", told.err);
    for part in [
        "title        By pass\n",
        "events       METRICS\n",
        "chart        bars\n",
        "all          7\n",
        "\nITERATION  EVENTS\n1.0        7.0\n",
    ] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }

    let line = ["widgets", "delete", "by-pass", "--json"];
    let gone = ask(&server, &line, "").await;
    assert_eq!(gone.json(), json!({"name": "by-pass", "deleted": true}));
    refused(&ask(&server, &line, "").await, &["by-pass"]);
    let gone = ask(&server, &["widgets", "delete", "all"], "").await;
    assert_eq!((gone.code, gone.out.as_str()), (0, "all is deleted\n"));
    assert_eq!(server.read("/api/v1/widgets").await["widgets"], json!([]));
}

#[tokio::test]
async fn a_declared_widget_is_changed_only_where_that_is_said() {
    let server = Server::start(&[]).await;
    let declare = ["widgets", "declare", "-"];
    let replace = ["widgets", "declare", "-", "--replace", "--json"];
    let made = ask(&server, &replace, TOML).await.json();
    assert_eq!(made["title"], "By pass");
    let again = ask(&server, &declare, TOML).await;
    refused(&again, &["by-pass", "already", "--replace"]);
    let other = TOML.replace("By pass", "Each pass");
    let changed = ask(&server, &replace, &other).await.json();
    assert_eq!(changed["title"], "Each pass");
    let list = server.read("/api/v1/widgets?project=lab").await;
    assert_eq!(list["widgets"], json!([]));
    let line = [&declare[..], &["--project", "lab"]].concat();
    assert_eq!(ask(&server, &line, TOML).await.code, 0);
    let list = ask(
        &server,
        &["widgets", "list", "--project", "lab", "--json"],
        "",
    );
    assert_eq!(list.await.json()["widgets"][0]["project"], "lab");
}

#[tokio::test]
async fn a_refused_declaration_says_which_field_and_why() {
    // More declarations a second than a program is let.
    let unlimited = [("LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND", "0")];
    let server = Server::start(&unlimited).await;
    let with = |from: &str, to: &str| TOML.replace(from, to);
    let json = |field: &str, value: Value| {
        let mut spec = json!({"name": "a", "select": {"events": ["*"]}});
        spec[field] = value;
        spec.to_string()
    };
    for (body, words) in [
        (with("by-pass", "By pass"), &["name: ", "lower-case"][..]),
        (
            with("[select]\nevents = [\"METRICS\"]\n", ""),
            &["`select`"],
        ),
        (
            with("\"bars\"", "\"bars\"\ncolour = \"red\""),
            &["`colour`", "line 5"],
        ),
        (with("\"iteration\"", "7"), &["x: ", "line 3"]),
        (with("[\"METRICS\"]", "[1]"), &["select.events[0]: "]),
        (with("\"bars\"", "\"pie\""), &["chart: ", "stacked_bars"]),
        (with("\"bars\"", "\"stacked_bars\""), &["group: ", "parts"]),
        (with("name = ", "name "), &["line 1"]),
        (json("y", json!("loss")), &["y: ", "metric:NAME"]),
        (json("select", json!({"events": "*"})), &["select.events: "]),
        (json("bucket_seconds", json!("5")), &["bucket_seconds: "]),
        (
            json("title", json!("x".repeat(121))),
            &["title: ", "120 characters"],
        ),
        ("{".to_owned(), &["not JSON", "line 1"]),
        (String::new(), &["`name`"]),
    ] {
        for flag in [&[][..], &["--replace"]] {
            let line = [&["widgets", "declare", "-"], flag].concat();
            refused(&ask(&server, &line, &body).await, words);
        }
    }
    let missing = ask(&server, &["widgets", "declare", "nothing.toml"], "").await;
    refused(&missing, &["nothing.toml"]);
    assert_eq!(server.read("/api/v1/widgets").await["widgets"], json!([]));
    assert_eq!(ask(&server, &["widgets"], "").await.code, 2);
    let line = ["widgets", "show", "a", "--at", "3"];
    assert_eq!(ask(&server, &line, "").await.code, 2, "a moment of what?");
    let nobody = ["widgets", "list", "--server", "http://127.0.0.1:9"];
    assert_eq!(ask(&server, &nobody, "").await.code, 3);
}

#[tokio::test]
async fn a_pushed_widget_is_shown_where_it_was_pushed_to() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..1)).await;
    let state =
        br#"{"type":"chart","data":[[1,61.5],[2,70]],"options":{"x":"pass","y":"percent"}}"#;
    let push = "PUT /api/v1/widgets/coverage/state?session=s";
    assert_eq!(server.request(push, "", state).await.status, 200);
    let line = ["widgets", "show", "coverage", "--json"];
    let told = ask(&server, &line, "").await.json();
    assert_eq!(
        (&told["widget"]["source"], &told["state"]),
        (&json!("pushed"), &Value::Null)
    );
    let told = ask(
        &server,
        &[
            "widgets",
            "show",
            "coverage",
            "--session",
            "s",
            "--rows",
            "1",
        ],
        "",
    )
    .await;
    assert!(told.out.contains("rows         1 of 2\n"), "{}", told.out);
    assert!(
        told.out.ends_with("\nPASS  PERCENT\n2.0   70.0\n"),
        "{}",
        told.out
    );
    let line = ["widgets", "show", "coverage", "--session", "nobody"];
    refused(&ask(&server, &line, "").await, &["coverage"]);
}

#[tokio::test]
async fn widgets_are_arranged_a_page_at_a_time() {
    let server = Server::start(&[]).await;
    let arrange = ["widgets", "arrange"];
    let line = [
        &arrange[..],
        &["overview", "c:12", "a:hidden", "b", "--json"],
    ]
    .concat();
    let told = ask(&server, &line, "").await.json();
    let overview =
        json!([{"name": "c", "width": 12}, {"name": "a", "hidden": true}, {"name": "b"}]);
    assert_eq!(told, json!({"overview": overview, "session": []}));
    let line = [&arrange[..], &["session", "b:3"]].concat();
    let told = ask(&server, &line, "").await;
    assert_eq!(
        (told.code, told.out.as_str()),
        (0, "NAME  WIDTH\nb     3\n")
    );
    let now = server.read("/api/v1/widgets/arrangement").await;
    let session = json!([{"name": "b", "width": 3}]);
    assert_eq!(now, json!({"overview": overview, "session": session}));
    let wide = [&arrange[..], &["session", "b:5"]].concat();
    refused(&ask(&server, &wide, "").await, &["session[0].width: "]);
    let word = [&arrange[..], &["session", "b:wide"]].concat();
    refused(&ask(&server, &word, "").await, &["b:wide", "NAME:WIDTH"]);
    let place = [&arrange[..], &["elsewhere", "b"]].concat();
    assert_eq!(ask(&server, &place, "").await.code, 2);
    let told = ask(&server, &[&arrange[..], &["session"]].concat(), "").await;
    assert_eq!(told.code, 0, "{}", told.err);
    let now = server.read("/api/v1/widgets/arrangement").await;
    assert_eq!(now, json!({"overview": overview, "session": []}));
}
