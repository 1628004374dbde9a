//! sagebrush, the command.
fn main() {}
