//! A database that says nothing, and callers that do not wait for what it says: PostgreSQL behind a line that can
//! be cut without being closed.

use std::future::Future;
use std::time::Duration;

use sagebrush::clock::Mode;
use sagebrush::store::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::store::{Place, postgres_schema};

/// Far longer than any call waits.
const DEADLINE: Duration = Duration::from_mins(1);

/// A line to the PostgreSQL of the tests. While it is silent it takes everything and passes nothing on.
struct Cable {
    silent: watch::Sender<bool>,
    place: Place,
}

impl Cable {
    /// A store at the end of it.
    async fn laid() -> Self {
        let (url, listener) = (postgres_schema().await, TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (scheme, rest) = url.split_once("://").unwrap();
        let (user, rest) = rest.split_once('@').unwrap();
        let (there, rest) = rest.split_once('/').unwrap();
        let here = format!("{scheme}://{user}@{}/{rest}", listener.local_addr().unwrap());
        let (silent, hears) = watch::channel(false);
        let there = there.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&there).await.unwrap();
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                tokio::spawn(passed_on(near_in, far_out, hears.clone()));
                tokio::spawn(passed_on(far_in, near_out, hears.clone()));
            }
        });
        Self { silent, place: Place::open(here, Mode::Manual, None).await }
    }

    /// What comes of a call into silence.
    async fn unheard<T>(&self, call: impl Future<Output = T>) -> T {
        self.silent.send_replace(true);
        let outcome = timeout(DEADLINE, call).await.expect("nobody waits for ever");
        self.silent.send_replace(false);
        outcome
    }

    async fn launches(&self) -> u64 {
        self.place.store.session().launches(&self.place.world, "model").await.expect("the store answers")
    }
}

async fn passed_on(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut silent: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if silent.wait_for(|silent| !silent).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    // The end of one side may not be heard through the silence either.
    if silent.wait_for(|silent| !silent).await.is_ok() {
        let _ = to.shutdown().await;
    }
}

fn is_silence<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Unavailable(_)))
}

#[tokio::test]
async fn a_statement_that_is_not_answered_is_given_up_and_the_next_one_is_answered() {
    let cable = Cable::laid().await;
    let Place { store, world, .. } = &cable.place;
    let read = cable.unheard(async { store.session().world(world).await }).await;
    assert!(is_silence(&read), "{read:?}");
    store.session().world(world).await.expect("another connection is answered");
}

#[tokio::test]
async fn a_transaction_unheard_is_given_up_and_has_done_nothing() {
    let cable = Cable::laid().await;
    let Place { store, world, .. } = &cable.place;
    let begun = cable.unheard(async { store.begin(world).await }).await;
    assert!(is_silence(&begun), "{begun:?}");
    let mut tx = store.begin(world).await.expect("the world is free");
    tx.add_launches(world, "model", 1).await.unwrap();
    let written = cable.unheard(async { tx.add_launches(world, "model", 1).await }).await;
    let told = written.expect_err("nobody answers").to_string();
    assert!(told.ends_with("no answer within 8 seconds"), "{told}");
    drop(tx);
    drop(store.begin(world).await.expect("the world is free again"));
    assert_eq!(cable.launches().await, 0);
}

#[tokio::test]
async fn a_commit_unheard_is_an_error_and_done_wholly_or_not_at_all() {
    let cable = Cable::laid().await;
    let Place { store, world, .. } = &cable.place;
    let mut tx = store.begin(world).await.unwrap();
    tx.add_launches(world, "one", 1).await.unwrap();
    tx.add_launches(world, "two", 1).await.unwrap();
    let committed = cable.unheard(tx.commit()).await;
    assert!(is_silence(&committed), "{committed:?}");
    // Whoever locks the world next comes after that commit, or after its end without one.
    let mut next = store.begin(world).await.expect("the world is free again");
    let done = [next.launches(world, "one").await.unwrap(), next.launches(world, "two").await.unwrap()];
    assert!(matches!(done, [0, 0] | [1, 1]), "{done:?}");
}
