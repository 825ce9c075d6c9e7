//! The demo: the shop and the inspector, served by the collector, with the package as it was just built.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::collector::{self, Collector};
use crate::engine::Engine;
use crate::package::{self, Profile};
use crate::process::{Deadline, Process};
use crate::workspace::Workspace;
use crate::{say, tools};

/// Where the demo is found unless another port is asked for.
pub(crate) const DEFAULT_PORT: u16 = 8421;

/// Builds everything and serves the demo until the command is interrupted.
pub(crate) fn serve(workspace: &Workspace, port: u16) -> Result<()> {
    package::prepare(workspace)?;
    let program = build(workspace, Deadline::NONE)?;
    let database = workspace.scratch("demo").join("events.sqlite");
    let collector = Collector::start_with_demo(workspace, &program, port, &database)?;

    let address = collector.address();
    println!("\n  the shop         {address}/");
    println!("  the inspector    {address}/inspector");
    println!(
        "  the database     {}\n\nCtrl-C ends it.",
        database.display()
    );
    Ok(collector.serve()?)
}

/// Installs what [`check`] needs, where it is missing.
pub(crate) fn prepare_check(workspace: &Workspace) -> Result<()> {
    package::prepare(workspace)?;
    tools::ensure_npm_packages(&workspace.path("tests"))?;
    tools::ensure_browsers(&[Engine::Chromium])
}

/// Builds everything, visits the demo once in a headless browser, and checks what has reached an empty database.
pub(crate) fn check(workspace: &Workspace, port: u16, deadline: Deadline) -> Result<()> {
    let program = build(workspace, deadline)?;
    let database = workspace.scratch("demo").join("check.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.clone().into_os_string();
        file.push(suffix);
        // What is not there need not be removed.
        let _ = fs::remove_file(file);
    }
    let collector = Collector::start_with_demo(workspace, &program, port, &database)?;

    say::step("visiting the demo in headless Chromium");
    let address = collector.address();
    Process::new("node")
        .arg("tests/demo/check.js")
        .env("HOGLET_DEMO_URL", address)
        .env("HOGLET_COLLECTOR_URL", address)
        .dir(workspace.root())
        .run(deadline)?;
    Ok(())
}

fn build(workspace: &Workspace, deadline: Deadline) -> Result<PathBuf> {
    package::build(workspace, Profile::Release, deadline)?;
    say::step("compiling the collector");
    let program = workspace.program(collector::PACKAGE, deadline)?;
    fs::create_dir_all(workspace.scratch("demo"))?;
    Ok(program)
}
