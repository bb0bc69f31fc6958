//! Links against loops that stop talking, say too much, or only answer pings.

use super::*;
use crate::bridge::queue::Signal;
use crate::life::now;
use tokio::net::TcpListener;

/// Beats for tests: impatient.
fn beat() -> Beat {
    Beat {
        dial: Duration::from_millis(200),
        ping: Duration::from_millis(20),
        silence: Duration::from_millis(200),
        frame_bytes: 1_000,
        ..Beat::default()
    }
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// A link to a loop, and the loop's end of it.
async fn linked() -> (Link, WebSocketStream<TcpStream>) {
    let (listener, url) = listener().await;
    let beat = Beat::default();
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        tokio_tungstenite::accept_async(stream).await.unwrap()
    };
    let (link, served) = tokio::join!(dial(&url, &beat), serve);
    (link.unwrap(), served)
}

#[tokio::test]
async fn a_half_open_link_is_given_up() {
    let (link, silent) = linked().await;
    let (queue, _signals) = Queue::new(1_000);
    let ended = read(link, &queue, &beat(), now).await;
    assert!(ended.why.contains("nothing was heard"), "{}", ended.why);
    drop(silent);
}

#[tokio::test]
async fn a_loop_that_only_answers_pings_is_alive() {
    let (link, mut served) = linked().await;
    let (queue, _signals) = Queue::new(1_000);
    let pinged = async {
        let mut actions = 0;
        // Reading answers the protocol's pings. Far beyond the silence that is allowed, in pings.
        while actions < 30 {
            if let Message::Text(text) = served.next().await.unwrap().unwrap() {
                assert_eq!(text.as_str(), PING);
                actions += 1;
            }
        }
        served.close(None).await.unwrap();
    };
    let beat = beat();
    let (ended, ()) = tokio::join!(read(link, &queue, &beat, now), pinged);
    assert!(ended.why.contains("closed by the loop"), "{}", ended.why);
}

#[tokio::test]
async fn a_frame_over_the_bound_ends_the_link_and_what_came_before_is_kept() {
    let (listener, url) = listener().await;
    let beat = beat();
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        let mut served = tokio_tungstenite::accept_async(stream).await.unwrap();
        served.send(Message::text("small")).await.unwrap();
        served.send(Message::text("x".repeat(5_000))).await.unwrap();
        served
    };
    let (queue, mut signals) = Queue::new(1_000);
    let follow = async {
        let link = dial(&url, &beat).await.unwrap();
        read(link, &queue, &beat, now).await
    };
    let (_served, ended) = tokio::join!(serve, follow);
    assert!(ended.why.contains("too large"), "{}", ended.why);
    assert_eq!(ended.text_frames, 1);
    let Some(Signal::Frame(frame)) = signals.recv().await else {
        panic!("the frame is gone")
    };
    assert_eq!(frame.text.as_str(), "small");
}

#[tokio::test]
async fn what_is_no_loop_is_said_in_a_line() {
    let (hung, url) = listener().await;
    assert_eq!(
        dial(&url, &beat()).await.unwrap_err(),
        "no answer within 0.2 s"
    );
    drop(hung);
    assert!(
        dial(&url, &Beat::default())
            .await
            .unwrap_err()
            .contains("refused")
    );
    assert!(dial("http//nonsense", &beat()).await.is_err());
}
