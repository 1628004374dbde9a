//! sagebrush, the command. Everything it does is in the library; see [`sagebrush::cli`].

use std::process::ExitCode;

/// Requests allocate many small things; this allocator is the faster one for them, and gives memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    sagebrush::cli::run()
}
