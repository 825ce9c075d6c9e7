//! What can be said about the code without running it.

use anyhow::Result;

use super::boundary;
use crate::process::Deadline;
use crate::say;
use crate::workspace::{EVALUATOR, HOGLET, WASM, Workspace};

/// Formatting, lints and documentation, of what runs on the host and of what runs in browsers.
pub(super) fn run(workspace: &Workspace, deadline: Deadline) -> Result<()> {
    say::step("checking the formatting");
    workspace
        .cargo()
        .args(["fmt", "--all", "--check"])
        .run(deadline)?;

    say::step("checking what the core names");
    boundary::check(workspace)?;

    say::step("running the lints");
    let clippy = || {
        workspace
            .cargo()
            .args(["clippy", "--locked", "--quiet", "--all-targets"])
    };
    let deny = ["--", "-D", "warnings"];
    let on_host = ["--workspace", "--features", EVALUATOR];
    clippy().args(on_host).args(deny).run(deadline)?;
    clippy()
        .args(["--package", HOGLET, "--target", WASM])
        .args(deny)
        .run(deadline)?;

    say::step("building the documentation");
    let doc = || {
        workspace
            .cargo()
            .args(["doc", "--locked", "--quiet", "--no-deps"])
            .env("RUSTDOCFLAGS", "-Dwarnings")
    };
    doc().args(on_host).run(deadline)?;
    doc()
        .args(["--package", HOGLET, "--lib", "--target", WASM])
        .run(deadline)?;
    Ok(())
}
