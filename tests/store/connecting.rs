//! Opening a database that does not open: one sentence that says what is wrong, where, and what would be
//! right, without the password.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use sagebrush::clock::Mode;
use sagebrush::domain::world::WorldId;
use sagebrush::store::Store;

use super::{Place, postgres_schema, postgres_url};

async fn refusal(url: &str) -> String {
    let error = Store::connect(url, Mode::Real).await.expect_err("it must not open");
    let text = error.to_string();
    assert!(!text.contains('\n'), "one sentence: {text}");
    assert!(!text.contains("s3cret"), "no password: {text}");
    text
}

/// The URL of the tests' PostgreSQL with this user and password, or its own, and this database.
fn postgres_with(credential: Option<&str>, database: &str) -> String {
    let url = postgres_url();
    let (_, rest) = url.split_once("://").expect("a URL");
    let (own, rest) = rest.rsplit_once('@').expect("it names its user");
    let credential = credential.unwrap_or(own);
    let host = rest.split(['/', '?']).next().expect("a host");
    format!("postgres://{credential}@{host}/{database}")
}

#[tokio::test]
async fn an_unknown_scheme_names_the_known_ones() {
    let text = refusal("mysql://root:s3cret@localhost/x").await;
    assert_eq!(
        text,
        "cannot open the database: there is no store for \"mysql\"; use sqlite::memory:, sqlite:PATH or \
         postgres://USER@HOST/DATABASE"
    );
    assert!(refusal("/tmp/x.db").await.contains("has no scheme"));
    assert!(refusal("").await.contains("has no scheme"));
    assert!(refusal("sqlite:").await.contains("path is empty"));
    assert!(refusal("postgres://u:s3cret@host:port/x").await.contains("not of the form"));
}

#[tokio::test]
async fn a_file_that_cannot_be_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| format!("sqlite:{}", dir.path().join(name).display());
    assert!(refusal(&path("no/such.db")).await.contains("there is no directory"));
    assert!(refusal(&path("")).await.contains("it is a directory"));
    std::fs::write(dir.path().join("text"), "not a database, but long enough to be read as one".repeat(50))
        .unwrap();
    assert!(refusal(&path("text")).await.contains("is not a SQLite database"));
    let file = dir.path().join("read-only.db");
    drop(Store::connect(&path("read-only.db"), Mode::Real).await.expect("a new file"));
    let mut permissions = std::fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).unwrap();
    assert!(refusal(&path("read-only.db")).await.contains("read-only"));
}

#[tokio::test]
async fn a_file_that_another_store_serves_is_named_with_its_lock_until_that_one_ends() {
    let place = Place::file(Mode::Real).await;
    let path = place.url.strip_prefix("sqlite:").unwrap();
    let text = refusal(&place.url).await;
    let what = format!("another process serves it and holds {path}-lock; end that one or name another path");
    assert_eq!(text, format!("cannot open the database {}: {what}", place.url));
    let clone = place.store.clone();
    place.store.close().await;
    let next = Store::connect(&place.url, Mode::Real).await.expect("the first has ended");
    drop(clone);
    assert!(
        refusal(&place.url).await.contains("another process serves it"),
        "an end gives back its own alone"
    );
    drop(next);
    Store::connect(&place.url, Mode::Real).await.expect("it was given back with the store");
}

#[tokio::test]
async fn a_file_is_named_with_or_without_slashes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a b?c%20.db");
    for url in [format!("sqlite:{}", path.display()), format!("sqlite://{}", path.display())] {
        Store::connect(&url, Mode::Real).await.expect("it opens");
    }
    assert!(path.is_file(), "the path is taken as it is written");
}

/// A later version only adds, so this one runs beside it and can be gone back to.
#[tokio::test]
async fn a_schema_of_a_later_version_is_no_reason_not_to_open() {
    for place in [Place::file(Mode::Real).await, Place::postgres(Mode::Real).await] {
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     VALUES (9999, 'later', TRUE, '', 0)";
        place.store.close().await;
        place.raw(later).await.unwrap();
        Store::connect(&place.url, Mode::Real).await.expect("it opens");
        place.raw("UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1").await.unwrap();
        assert!(refusal(&place.url).await.contains("its schema 1 is not the one of this version"));
    }
}

#[tokio::test]
async fn postgres_that_does_not_let_us_in_says_why() {
    assert!(refusal("postgres://u:s3cret@127.0.0.1:1/x").await.contains("cannot be reached"));
    assert!(refusal("postgres://u:s3cret@host.invalid/x").await.contains("cannot be reached"));
    let missing = postgres_with(None, "no_such_database");
    assert!(refusal(&missing).await.contains("there is no such database"), "{missing}");
    let stranger = refusal(&postgres_with(Some("nobody_here:s3cret"), "postgres")).await;
    assert!(stranger.contains("user \"nobody_here\"") || stranger.contains("does not exist"), "{stranger}");
}

#[tokio::test]
async fn postgres_that_may_only_be_read_says_so_before_and_after_the_first_start() {
    let url = postgres_schema().await;
    let read_only = format!("{url}&options[default_transaction_read_only]=on");
    assert!(
        refusal(&read_only)
            .await
            .ends_with(": it is read-only; name a server and a user that may write, not a standby")
    );
    drop(Store::connect(&url, Mode::Real).await.expect("it opens"));
    assert!(
        refusal(&read_only)
            .await
            .ends_with(": it is read-only; name a server and a user that may write, not a standby")
    );
}

#[tokio::test]
async fn two_replicas_that_start_together_both_start() {
    let url = postgres_schema().await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Store::connect(&url, Mode::Real).await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().expect("it opens");
    }
}

/// A world that another replica holds is skipped, not waited for; the wait of a request ends by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_world_that_another_replica_holds_is_skipped() {
    let place = Place::postgres(Mode::Real).await;
    let other = Store::connect(&place.url, Mode::Real).await.unwrap();
    let held = place.store.begin(&place.world).await.unwrap();
    assert!(other.try_begin(&place.world).await.unwrap().is_none());
    held.commit().await.unwrap();
    assert!(other.try_begin(&place.world).await.unwrap().is_some());
}

/// A replica that is cut off inside a transaction has done nothing, and its world goes on elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_cut_off_has_done_nothing() {
    let place = Place::postgres(Mode::Real).await;
    place.store.session().world(&place.world).await.unwrap();
    let mut held = place.store.begin(&place.world).await.unwrap();
    held.add_launches(&place.world, "model", 1).await.unwrap();
    let holder = "SELECT pg_terminate_backend(pid) FROM pg_locks \
                  WHERE relation = 'worlds'::regclass AND mode = 'RowShareLock'";
    place.raw(holder).await.expect("an operator ends its connection");
    let outcome = held.commit().await;
    assert!(outcome.is_err(), "{outcome:?}");
    let mut next = place.store.begin(&place.world).await.expect("the world is free");
    assert_eq!(next.launches(&place.world, "model").await.unwrap(), 0);
}

/// Polls a future so often and then goes away.
async fn gone_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        if let Poll::Ready(output) = polled {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

/// Polls of a beginning until it is through, on a slow machine too.
const POLLS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_away_in_the_middle_leaves_no_transaction_to_the_next() {
    let place = Place::postgres(Mode::Manual).await;
    for polls in 0..POLLS {
        if let Some(begun) = gone_after(polls, place.store.begin(&place.world)).await {
            drop(begun.expect("it begins"));
        }
        for write in ["first", "second"] {
            let world = WorldId::new(polls.to_string(), write);
            place.store.session().world(&world).await.expect("it is written");
        }
    }
    let seen =
        format!("SELECT 1 / (COUNT(*) - 2 * {POLLS} + 1) FROM worlds WHERE region IN ('first', 'second')");
    place.raw(&seen).await.expect("what was acknowledged can be seen by everybody");
}
