//! Something that may fail without taking the rest of its transaction with it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use super::Error;
use super::error::words_of;
use crate::store::{self, Tx};

/// What is known of a failure that lies in the rows or in our code, and so would come again at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault(pub(super) String);

/// What an operator is told of a wish that fails as steps do.
pub(super) const UNDONE: &str = "It could not be done: that fails inside the server, whose log says why.";

/// In a box: what is to be done is not carried by everybody who might come to do it.
type Boxed<F> = Pin<Box<F>>;

/// Does this in the transaction, whole or not at all. The outer error is one that concerns everybody: the
/// database does not answer.
pub(super) async fn attempt<T, E: Into<Error>>(
    tx: &mut Tx,
    work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
) -> Result<Result<T, Fault>, store::Error> {
    let mark = tx.mark().await?;
    let fault = match judged(caught(Box::pin(work(tx))).await)? {
        Ok(done) => {
            tx.keep(mark).await?;
            return Ok(Ok(done));
        }
        Err(fault) => fault,
    };
    tx.go_back(mark).await?;
    Ok(Err(fault))
}

/// The same for what only reads: there is nothing to undo, unless the database itself refuses to read.
pub(super) async fn look<T, E: Into<Error>>(
    work: Boxed<impl Future<Output = Result<T, E>>>,
) -> Result<Result<T, Fault>, store::Error> {
    judged(caught(work).await)
}

/// Tells a fault from an error that concerns everybody.
fn judged<T, E: Into<Error>>(came: Result<Result<T, E>, Fault>) -> Result<Result<T, Fault>, store::Error> {
    match came {
        Ok(Ok(done)) => Ok(Ok(done)),
        Ok(Err(error)) => match error.into() {
            Error::Store(error) if !error.is_of_the_rows() => Err(error),
            error => Ok(Err(Fault(error.to_string()))),
        },
        Err(fault) => Ok(Err(fault)),
    }
}

/// Runs to its end or to its panic.
pub(super) async fn caught<T>(mut work: Boxed<impl Future<Output = T>>) -> Result<T, Fault> {
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(Fault(words_of(panic.as_ref()).to_owned()))),
    })
    .await
}
