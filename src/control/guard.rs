//! The door of the control API: the server's own, and behind it the token.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::health;
use super::problem::Problem;
use crate::door::Door;

/// Lets a request through, or says why not. Whether the server is in good health may be asked without a token:
/// whoever watches over it has none.
pub(super) async fn check(
    State(door): State<Door>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    door.admit(request.uri(), request.headers())?;
    if request.uri().path() != health::PATH {
        door.admit_to_control(request.headers())?;
    }
    Ok(next.run(request).await)
}
