//! The tests that are written in Rust.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;
use wasm_bindgen_cli_support::Bindgen;

use super::outside::{node, test_files};
use super::{Seeds, take_all};
use crate::engine::Engine;
use crate::process::Deadline;
use crate::workspace::{EVALUATOR, HOGLET, WASM, Workspace};
use crate::{package, say};

/// The root package's test that is meant for browsers.
const BROWSER_TEST: &str = "browser";

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
        let test = workspace
            .cargo()
            .args(["test", "--locked", "--quiet", "--package", package]);
        let test = match package {
            HOGLET => test.args(["--features", EVALUATOR]),
            _ => test,
        };
        Ok(test.arg("--").args(filter).run(deadline)?)
    }))
}

/// The simulation, with the seeds that it has by itself or with others.
pub(super) fn simulate(
    workspace: &Workspace,
    seeds: Option<&Seeds>,
    deadline: Deadline,
) -> Result<()> {
    let test = ["test", "--locked", "--quiet", "--package", HOGLET, "--test"];
    let test = workspace.cargo().args(test).arg("simulation");
    let test = match seeds {
        None => test,
        Some(Seeds::First(count)) => test.env("HOGLET_SEEDS", format!("0..{count}")),
        Some(Seeds::One(seed)) => test
            .env("HOGLET_SEED", seed.to_string())
            .args(["--", "--nocapture"]),
    };
    Ok(test.run(deadline)?)
}

/// The tests of the root package that need a browser, in each engine.
pub(super) fn run_in_browsers(
    workspace: &Workspace,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    say::step("compiling the wasm tests");
    let compiled = compile_for_browsers(workspace, deadline)?;

    say::step("generating their glue with wasm-bindgen");
    let generated = package::empty_folder(&workspace.scratch("wasm-tests"))?;
    Bindgen::new()
        .input_path(compiled)
        .out_name(BROWSER_TEST)
        .web(true)?
        .typescript(false)
        // `main` is the test harness of the standard library, which knows of no tests here.
        .emit_start(false)
        .generate(&generated)
        .context("wasm-bindgen failed; its version in xtask/Cargo.toml must be that of the wasm-bindgen crate in Cargo.lock")?;

    take_all(Engine::ALL.into_iter().map(|engine| {
        say::step(format!("running the wasm tests in {engine}"));
        let node = node(workspace, engine).env("HOGLET_WASM_TESTS", &generated);
        test_files(node, workspace, "tests/wasm", filter, deadline)
    }))
}

/// Compiles them and gives the wasm, whose name only cargo knows.
fn compile_for_browsers(workspace: &Workspace, deadline: Deadline) -> Result<PathBuf> {
    let messages = workspace
        .cargo()
        .args([
            "test",
            "--locked",
            "--no-run",
            "--message-format=json-render-diagnostics",
            "--package",
            HOGLET,
            "--target",
            WASM,
            "--test",
            BROWSER_TEST,
        ])
        .read(deadline)?;
    let messages: Vec<Message> = messages
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .context("the messages of cargo are not in the expected form")?;
    let executable = messages.into_iter().find_map(|message| message.executable);
    executable.with_context(|| format!("cargo named no executable of the test `{BROWSER_TEST}`"))
}

/// What is read of cargo's messages: only those of the kind `compiler-artifact` have it.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}
