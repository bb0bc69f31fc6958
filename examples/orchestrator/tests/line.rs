//! The line against a server of the test's own, which drops it wherever it may drop: commands are begun when the
//! server says so, and once; events go out until they are acknowledged, under the same ids.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use clap::Parser as _;
use common::tasks::Stop;
use futures_util::{SinkExt as _, StreamExt as _};
use orchestrator::house::House;
use orchestrator::options::Options;
use orchestrator::run::Run;
use orchestrator::store::Store;
use orchestrator::{engine, line};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

/// A test that hangs is ended after this; nothing is expected to be quick.
const PATIENCE: Duration = Duration::from_mins(2);

/// The server's end.
struct Server {
    listener: TcpListener,
    socket: Option<WebSocketStream<TcpStream>>,
    /// The ids of events in the order they came, again and again where they came again.
    events: Vec<String>,
    acknowledges: bool,
}

impl Server {
    /// The next connection, greeted and attached; the one before is dropped without a word.
    async fn accept(&mut self) {
        self.socket = None;
        let (stream, _) = timeout(PATIENCE, self.listener.accept())
            .await
            .unwrap()
            .unwrap();
        self.socket = Some(accept_async(stream).await.unwrap());
        self.say(json!({"type": "hello"})).await;
        let attach = self.hear("attach").await;
        assert_eq!(attach["session_id"], "s");
        self.say(json!({"type": "attached", "id": "attach", "session_id": "s", "pending": 0}))
            .await;
    }

    async fn say(&mut self, frame: Value) {
        let socket = self.socket.as_mut().unwrap();
        socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame of that type. Events are noted on the way, and acknowledged where they are.
    async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let socket = self.socket.as_mut().unwrap();
            let message = timeout(PATIENCE, socket.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            let Message::Text(text) = message else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["type"] == "publish" {
                let events = frame["events"].as_array().unwrap();
                let id = |event: &Value| event["event_id"].as_str().unwrap().to_owned();
                self.events.extend(events.iter().map(id));
                if self.acknowledges {
                    self.say(json!({"type": "ack", "id": frame["id"], "receipts": []}))
                        .await;
                }
            }
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    async fn command(&mut self, id: &str, state: &str) {
        let command = inject(id, state);
        self.say(
            json!({"type": "command", "command": command, "redelivered": state != "delivered"}),
        )
        .await;
    }

    async fn receipt(&mut self, status: &str) -> Value {
        let receipt = self.hear("receipt").await;
        assert_eq!(receipt["status"], status, "{receipt}");
        receipt
    }

    async fn taken(&mut self, receipt: &Value, state: &str) {
        let command = inject(receipt["command_id"].as_str().unwrap(), state);
        self.say(json!({"type": "receipt_taken", "id": receipt["id"], "command": command}))
            .await;
    }
}

fn inject(id: &str, state: &str) -> Value {
    json!({"command_id": id, "session_id": "s", "type": "INJECT", "state": state, "by": "somebody",
           "parameters": {"skill_name": "audit", "position": "end"}})
}

/// Runs the program against a server of the test's own until the script is done; gives the house as it is then.
async fn against(folder: &Path, script: impl AsyncFnOnce(&mut Server, &House)) -> House {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let flags = [
        "orchestrator",
        "--plan",
        "measure",
        "--pace",
        "1h",
        "--server",
        &url,
    ];
    let options = Options::parse_from(flags);
    let mut store = Store::open(folder).unwrap();
    let run = Run::new("s".to_owned(), 1, &options.plan, 3_600_000);
    store.begin(&run).unwrap();
    let house = House::new(&options, folder, store, run, None);
    let (sender, mut orders) = mpsc::unbounded_channel();
    let mut server = Server {
        listener,
        socket: None,
        events: Vec::new(),
        acknowledges: true,
    };
    engine::prepare(&house).unwrap();
    let stop = Stop::on_signals().unwrap();
    tokio::select! {
        ended = engine::run(&house, &mut orders, &stop) => panic!("the run ended: {ended:?}"),
        ended = line::serve(&house, &sender) => panic!("the line ended: {ended:?}"),
        () = script(&mut server, &house) => {}
    }
    house
}

fn audits(house: &House) -> usize {
    let run = house.run.borrow();
    run.plan
        .iter()
        .filter(|planned| planned.name == "audit")
        .count()
}

/// Where the line drops.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Moment {
    Delivered,
    Acknowledging,
    Acknowledged,
    Finishing,
    Never,
}

#[tokio::test]
async fn a_command_is_done_once_wherever_the_line_drops() {
    use Moment::{Acknowledged, Acknowledging, Delivered, Finishing, Never};
    for moment in [Delivered, Acknowledging, Acknowledged, Finishing, Never] {
        let folder = tempfile::tempdir().unwrap();
        let house = against(folder.path(), async |server, house| {
            server.accept().await;
            server.command("c", "delivered").await;
            if moment > Delivered {
                let begin = server.receipt("acknowledged").await;
                assert_eq!(
                    audits(house),
                    0,
                    "nothing is begun before the server says so"
                );
                if moment > Acknowledging {
                    server.taken(&begin, "acknowledged").await;
                }
                if moment > Acknowledged {
                    let over = server.receipt("succeeded").await;
                    if moment > Finishing {
                        server.taken(&over, "succeeded").await;
                    }
                }
            }
            server.accept().await;
            let state = if moment > Delivered {
                "acknowledged"
            } else {
                "delivered"
            };
            server.command("c", state).await;
            let mut receipt = server.hear("receipt").await;
            if receipt["status"] == "acknowledged" {
                server.taken(&receipt, "acknowledged").await;
                receipt = server.hear("receipt").await;
            }
            assert_eq!(receipt["status"], "succeeded", "{moment:?}");
            assert_eq!(receipt["result"]["position"], 1);
            server.taken(&receipt, "succeeded").await;
        })
        .await;
        assert_eq!(audits(&house), 1, "{moment:?}");
    }
}

#[tokio::test]
async fn a_command_that_was_cancelled_meanwhile_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let house = against(folder.path(), async |server, _| {
        server.accept().await;
        server.command("c", "delivered").await;
        let begin = server.receipt("acknowledged").await;
        server.taken(&begin, "cancelled").await;
        // Behind it, so that its turn has come and gone.
        server.command("d", "delivered").await;
        let begin = server.receipt("acknowledged").await;
        server.taken(&begin, "acknowledged").await;
        assert_eq!(server.receipt("succeeded").await["command_id"], "d");
    })
    .await;
    assert_eq!(audits(&house), 1);
    assert!(!house.store.borrow().ledger.contains_key("c"));
}

#[tokio::test]
async fn events_come_again_under_their_ids_until_they_are_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    against(folder.path(), async |server, house| {
        server.acknowledges = false;
        server.accept().await;
        server.hear("publish").await;
        let first = std::mem::take(&mut server.events);
        server.acknowledges = true;
        server.accept().await;
        server.hear("publish").await;
        let second = std::mem::take(&mut server.events);
        assert_eq!(second[..first.len()], first);
        server.accept().await;
        house.tell("execution:progress", json!({"message": "one more"}));
        server.hear("publish").await;
        assert_eq!(
            server.events.len(),
            1,
            "what is acknowledged is not sent again"
        );
        assert!(!second.contains(&server.events[0]));
    })
    .await;
}

/// It was taken for the session's own, and the program answered its questions by itself.
#[tokio::test]
async fn a_late_word_of_the_session_before_does_not_detach() {
    let folder = tempfile::tempdir().unwrap();
    let house = against(folder.path(), async |server, _| {
        server.accept().await;
        server
            .say(json!({"type": "detached", "session_id": "before", "reason": "session_ended"}))
            .await;
        server.command("c", "delivered").await;
        server.receipt("acknowledged").await;
    })
    .await;
    assert!(house.is_attached.get());
}
