//! The tests that are written in JavaScript and see the package from outside, as its users do.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{Mode, take_all};
use crate::budgets::Budgets;
use crate::engine::Engine;
use crate::package::{self, Built, Installed, Profile};
use crate::process::{Deadline, Process};
use crate::workspace::Workspace;
use crate::{collector, readme, say};

/// What is tested from outside: made when it is first needed, and then used by all suites of a run.
#[derive(Default)]
pub(crate) struct Subject {
    package: Option<Installed>,
    collector: Option<PathBuf>,
}

impl Subject {
    /// Node with what the tests and the bench are told about their subject.
    pub(crate) fn node(
        &mut self,
        workspace: &Workspace,
        engine: Engine,
        deadline: Deadline,
    ) -> Result<Process> {
        let package = self.package(workspace, deadline)?;
        let collector = match &self.collector {
            Some(collector) => collector,
            None => {
                say::step("compiling the collector");
                let collector = workspace.program(collector::PACKAGE, deadline)?;
                self.collector.insert(collector)
            }
        };
        Ok(node(workspace, engine)
            .env("HOGLET_PACKAGE", package.folder)
            .env("HOGLET_COLLECTOR", collector))
    }

    /// The package as npm packs and installs it.
    pub(super) fn package(
        &mut self,
        workspace: &Workspace,
        deadline: Deadline,
    ) -> Result<Installed> {
        match &self.package {
            Some(package) => Ok(package.clone()),
            None => {
                let built = package::build(workspace, Profile::Release, deadline)?;
                self.install(workspace, &built, deadline)
            }
        }
    }

    fn install(
        &mut self,
        workspace: &Workspace,
        built: &Built,
        deadline: Deadline,
    ) -> Result<Installed> {
        let installed = package::install(workspace, &built.folder, deadline)?;
        self.package = Some(installed.clone());
        Ok(installed)
    }
}

/// The package by itself: its sizes, what is said of them, what it exports, and its types.
pub(super) fn run_package(
    workspace: &Workspace,
    subject: &mut Subject,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    let built = package::build(workspace, Profile::Release, deadline)?;
    let installed = subject.install(workspace, &built, deadline)?;

    let budgets = Budgets::read(workspace)?;
    let sizes = built.weigh()?;
    println!("\n{}", sizes.table(&budgets));
    let within_budgets = sizes.check(&budgets);
    let readme_is_true = readme::check(workspace, &sizes);

    say::step("testing the installed package");
    let node = Process::new("node")
        .env("HOGLET_PACKAGE", &installed.folder)
        .env("HOGLET_TARBALL", &installed.tarball)
        .dir(workspace.root());
    test_files(node, workspace, "tests/package", filter, deadline)?;
    check_types(workspace, &installed.folder, deadline)?;
    within_budgets.and(readme_is_true)
}

/// Compiles the type tests where an app would import the package.
fn check_types(workspace: &Workspace, installed: &Path, deadline: Deadline) -> Result<()> {
    say::step("checking the types");
    let consumer = installed
        .ancestors()
        .nth(2)
        .context("the package is not in a node_modules folder")?;
    let types = package::empty_folder(&consumer.join("types"))?;
    package::copy_files(&workspace.path("tests/types"), &types, |_| true)?;
    Process::new(workspace.path("tests/node_modules/.bin/tsc"))
        .arg("--project")
        .arg(types)
        .run(deadline)?;
    Ok(())
}

/// The driver that the other tests rely on, in each engine.
pub(super) fn run_drivers(
    workspace: &Workspace,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    take_all(Engine::ALL.into_iter().map(|engine| {
        say::step(format!("testing the driver for {engine}"));
        test_files(
            node(workspace, engine),
            workspace,
            "tests/drivers",
            filter,
            deadline,
        )
    }))
}

/// The installed package in a real browser, with a real collector.
pub(super) fn run_end_to_end(
    workspace: &Workspace,
    subject: &mut Subject,
    engine: Engine,
    mode: Mode,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    let node = subject.node(workspace, engine, deadline)?;
    say::step(format!("testing end to end in {engine}, {mode}"));
    let node = node
        .env("HOGLET_MODE", mode.to_string())
        // Each file has a browser and a collector of its own.
        .arg("--test-concurrency=2");
    test_files(node, workspace, "tests/e2e", filter, deadline)
}

/// Node, told which engine to open.
pub(super) fn node(workspace: &Workspace, engine: Engine) -> Process {
    Process::new("node")
        .env("HOGLET_ENGINE", engine.to_string())
        .dir(workspace.root())
}

/// Runs the test files right in that folder.
pub(super) fn test_files(
    node: Process,
    workspace: &Workspace,
    folder: &str,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(workspace.path(folder)).with_context(|| folder.to_owned())? {
        let name = entry?.file_name();
        if name.to_string_lossy().ends_with(".test.js") {
            files.push(Path::new(folder).join(name));
        }
    }
    // Node would look for tests of its own choice.
    ensure!(!files.is_empty(), "{folder} has no *.test.js");
    files.sort();
    let patterns = filter
        .iter()
        .map(|name| format!("--test-name-pattern={name}"));
    node.args(["--test", "--test-reporter=spec"])
        .args(patterns)
        .args(files)
        .run(deadline)?;
    Ok(())
}
