//! HTTP itself: connections, their limits, and their end.
//!
//! A connection that does not finish its header is closed, because a held one costs a descriptor for
//! nothing. Answers leave at once (`TCP_NODELAY`): they are small, and clients wait for them.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use hyper_util::rt::TokioTimer;

/// How long a header may take: far beyond any client's need, and short enough that idle connections do
/// not gather.
pub const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Ends a server from outside.
pub type Handle = axum_server::Handle<SocketAddr>;

/// Serves `router` on `listener` until `handle` ends it.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    handle: Handle,
    header_read_timeout: Duration,
) -> io::Result<()> {
    let mut server =
        axum_server::from_tcp(listener)?.handle(handle).acceptor(NoDelayAcceptor::new()).http1_only();
    let mut http1 = server.http_builder().http1();
    http1.timer(TokioTimer::new()).header_read_timeout(header_read_timeout).keep_alive(true);
    server.serve(router.into_make_service()).await
}
