//! The tests that are written in Rust.

use anyhow::Result;

use super::take_all;
use crate::process::Deadline;
use crate::workspace::{HOGLET, WASM, Workspace};
use crate::{say, tools};

/// The package with wasm-bindgen's test runner, and its program.
const RUNNER: &str = "wasm-test-runner";

/// The root package's test that is meant for browsers.
const BROWSER_TEST: &str = "browser";

/// How long all wasm tests together may take in the browser; the runner's own limit is too short for a busy machine.
const BROWSER_SECONDS: &str = "120";

/// The tests of every package of the workspace, on the host.
pub(super) fn run_on_host(
    workspace: &Workspace,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    // One by one, because each is then built with the features that it is built with elsewhere: all at once, the
    // dependencies they share would be compiled anew.
    take_all(workspace.package_names().map(|package| {
        say::step(format!("testing {package}"));
        let test =
            workspace
                .cargo()
                .args(["test", "--locked", "--quiet", "--package", package, "--"]);
        Ok(test.args(filter).run(deadline)?)
    }))
}

/// The tests of the root package that need a browser, in headless Chromium.
pub(super) fn run_in_browser(
    workspace: &Workspace,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    say::step("compiling the wasm test runner");
    let runner = workspace.program(RUNNER, deadline)?;
    say::step("running the wasm tests");
    workspace
        .cargo()
        .args([
            "test",
            "--locked",
            "--package",
            HOGLET,
            "--target",
            WASM,
            "--test",
            BROWSER_TEST,
            "--",
        ])
        .args(filter)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", tools::chromedriver()?)
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            workspace.path("tests/runner/webdriver.json"),
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_SECONDS)
        .run(deadline)?;
    Ok(())
}
