//! Tokens and the audit, from the server and from the command line beside it.

mod common;

use common::{at, bench, event, new, open, project, session};
use loopscope_event::RawJson;
use loopscope_journal::{Access, AuditQuery, JournalError, NewAudit, NewToken, OpenError, doctor};

fn token(id: &str) -> NewToken {
    NewToken {
        id: id.to_owned(),
        hash: format!("hash of {id}").into_bytes(),
        name: format!("{id}'s"),
        role: "view".to_owned(),
        project: Some(project("p")),
        created_at: at(0),
        expires_at: Some(at(100)),
    }
}

#[tokio::test]
async fn a_token_is_found_by_its_hash_until_it_is_revoked_or_expires() {
    let bench = bench().await;
    let journal = &bench.journal;
    journal.create_token(token("a")).await.unwrap();
    let found = journal.token_by_hash(b"hash of a").await.unwrap().unwrap();
    assert_eq!(
        (found.id.as_str(), found.role.as_str(), &found.project),
        ("a", "view", &Some(project("p")))
    );
    assert!(found.is_valid_at(at(99)) && !found.is_valid_at(at(100)));
    assert_eq!(journal.token_by_hash(b"a").await.unwrap(), None);
    // An id or a hash is one token.
    assert!(matches!(
        journal.create_token(token("a")).await,
        Err(JournalError::Storage(_))
    ));

    journal.touch_token("a", at(7)).await.unwrap();
    assert!(journal.revoke_token("a", at(8)).await.unwrap());
    assert!(!journal.revoke_token("a", at(9)).await.unwrap(), "already");
    assert!(!journal.revoke_token("b", at(9)).await.unwrap(), "nobody");
    let found = journal.token_by_hash(b"hash of a").await.unwrap().unwrap();
    assert_eq!(
        (found.revoked_at, found.last_used_at),
        (Some(at(8)), Some(at(7)))
    );
    assert!(!found.is_valid_at(at(50)));
    assert_eq!(journal.tokens().await.unwrap(), [found]);
}

#[tokio::test]
async fn the_command_line_works_beside_a_running_server_which_notices() {
    let bench = bench().await;
    let journal = &bench.journal;
    let before = journal.tokens_version().await.unwrap();
    let mut access = Access::open(bench.path()).await.unwrap();
    access.create_token(token("a")).await.unwrap();
    let made = journal.tokens_version().await.unwrap();
    assert!(made > before);
    assert!(journal.token_by_hash(b"hash of a").await.unwrap().is_some());
    // Use is no change of rights.
    journal.touch_token("a", at(1)).await.unwrap();
    assert_eq!(journal.tokens_version().await.unwrap(), made);
    journal.append(vec![event("a", "1")]).await.unwrap();
    assert!(access.revoke_token("a", at(2)).await.unwrap());
    assert!(journal.tokens_version().await.unwrap() > made);
    assert_eq!(access.tokens().await.unwrap()[0].revoked_at, Some(at(2)));
    access.put_audit(&did("token.revoke", 3)).await.unwrap();
    access.close().await.unwrap();
    assert_eq!(
        journal.audit(&page(None)).await.unwrap()[0].entry,
        did("token.revoke", 3)
    );
    assert_eq!(
        journal.append(vec![event("a", "2")]).await.unwrap(),
        [new(2, 2)]
    );
    assert!(doctor(bench.path()).await.unwrap().in_use);
}

#[tokio::test]
async fn the_command_line_works_before_there_is_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/journal.db");
    let mut access = Access::open(&path).await.unwrap();
    access.create_token(token("a")).await.unwrap();
    // A server may start while the visit lasts.
    let journal = open(&path).await;
    assert_eq!(journal.tokens().await.unwrap().len(), 1);
    access.create_token(token("b")).await.unwrap();
    access.close().await.unwrap();
    assert_eq!(journal.tokens().await.unwrap().len(), 2);
    let junk = folder.path().join("junk.db");
    std::fs::write(&junk, "junk").unwrap();
    assert!(matches!(
        Access::open(&junk).await,
        Err(OpenError::Corrupt { .. })
    ));
}

#[tokio::test]
async fn the_audit_pages_backwards() {
    let bench = bench().await;
    for number in 0..5 {
        let mut entry = did(
            if number == 2 {
                "command.queued"
            } else {
                "other"
            },
            number,
        );
        if number > 2 {
            entry.session = Some((project("p"), session("s")));
        }
        bench.journal.put_audit(entry).await.unwrap();
    }
    let first = bench.journal.audit(&page(None)).await.unwrap();
    let second = bench.journal.audit(&page(Some(first[2].id))).await.unwrap();
    let times: Vec<_> = first
        .iter()
        .chain(&second)
        .map(|row| row.entry.at)
        .collect();
    assert_eq!(times, [at(4), at(3), at(2), at(1), at(0)]);
    assert_eq!(second[1].entry.detail.as_str(), r#"{"n":0}"#);
    let count = async |query: AuditQuery| bench.journal.audit(&query).await.unwrap().len();
    let asked = AuditQuery {
        action: Some("command.".to_owned()),
        ..page(None)
    };
    assert_eq!(count(asked).await, 1);
    let about = AuditQuery {
        session_id: Some(session("s")),
        project: Some(project("p")),
        ..page(None)
    };
    assert_eq!(count(about.clone()).await, 2);
    let elsewhere = AuditQuery {
        project: Some(project("q")),
        ..about
    };
    assert_eq!(count(elsewhere).await, 0);
}

fn did(action: &str, number: i64) -> NewAudit {
    NewAudit {
        at: at(number),
        who: "me".to_owned(),
        action: action.to_owned(),
        subject: "it".to_owned(),
        session: None,
        detail: RawJson::from_trusted(format!(r#"{{"n":{number}}}"#)),
    }
}

fn page(before: Option<i64>) -> AuditQuery {
    AuditQuery {
        before,
        limit: 3,
        ..AuditQuery::default()
    }
}
