//! When to end: Ctrl-C or SIGTERM.

use tokio::signal::unix::{SignalKind, signal};

use super::Error;

/// Comes back once the process is asked to end. To be called before anything that must not be interrupted
/// halfway; from then on the signals do nothing else.
pub(super) fn end_asked_for() -> Result<impl Future<Output = ()>, Error> {
    let listen =
        |kind| signal(kind).map_err(|error| Error::Other(format!("cannot listen for signals: {error}")));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
