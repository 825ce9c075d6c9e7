//! What must be on the machine before anything can be built or tested. Each function makes sure of one thing: it is
//! silent and quick where that is there already, and says what it does where it is not.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::engine::Engine;
use crate::process::{Deadline, Process};
use crate::say;
use crate::workspace::{WASM, Workspace};

/// The oldest Node that is tested with.
const OLDEST_NODE: u32 = 20;

/// A program that the tests need, and the Debian package it comes from.
struct Program {
    name: &'static str,
    package: &'static str,
}

const CHROMIUM: Program = Program {
    name: "chromium",
    package: "chromium",
};
const CHROMEDRIVER: Program = Program {
    name: "chromedriver",
    package: "chromium-driver",
};
const FIREFOX: Program = Program {
    name: "firefox-esr",
    package: "firefox-esr",
};
const WEBKIT_DRIVER: Program = Program {
    name: "WebKitWebDriver",
    package: "webkit2gtk-driver",
};
const XVFB: Program = Program {
    name: "Xvfb",
    package: "xvfb",
};

fn programs(engine: Engine) -> &'static [Program] {
    match engine {
        Engine::Chromium => &[CHROMIUM, CHROMEDRIVER],
        Engine::Firefox => &[FIREFOX],
        Engine::WebKit => &[WEBKIT_DRIVER, XVFB],
    }
}

/// Rust's standard library for the browser target.
pub(crate) fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    // Asked of rustc and not of rustup, so that a Rust without rustup will do if it has the target.
    let libraries = Process::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .dir(workspace.root())
        .read(Deadline::NONE)?;
    if Path::new(libraries.trim()).exists() {
        return Ok(());
    }
    say::step(format!("adding the Rust target {WASM}"));
    Process::new("rustup")
        .args(["target", "add", WASM])
        .dir(workspace.root())
        .run(Deadline::NONE)?;
    Ok(())
}

/// cargo fmt and cargo clippy, which rustup's minimal profile leaves out.
pub(crate) fn ensure_lint_tools(workspace: &Workspace) -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if workspace
            .cargo()
            .args([command, "--version"])
            .read(Deadline::NONE)
            .is_err()
        {
            say::step(format!("adding the Rust component {component}"));
            Process::new("rustup")
                .args(["component", "add", component])
                .dir(workspace.root())
                .run(Deadline::NONE)?;
        }
    }
    Ok(())
}

/// The npm packages of that folder, exactly as its package-lock.json has them.
pub(crate) fn ensure_npm_packages(folder: &Path) -> Result<()> {
    ensure_node()?;
    let lock = folder.join("package-lock.json");
    let locked = fs::metadata(&lock)
        .and_then(|file| file.modified())
        .with_context(|| lock.display().to_string())?;
    // npm writes this file last.
    let installed = fs::metadata(folder.join("node_modules/.package-lock.json"))
        .and_then(|file| file.modified());
    if installed.is_ok_and(|installed| installed >= locked) {
        return Ok(());
    }
    say::step(format!(
        "installing the npm packages of {}",
        folder.display()
    ));
    // None of the packages needs its install script, and what is not run cannot do harm.
    npm(folder)
        .args(["ci", "--ignore-scripts"])
        .run(Deadline::NONE)?;
    Ok(())
}

/// npm in that folder, without its advertisements.
pub(crate) fn npm(folder: &Path) -> Process {
    Process::new("npm")
        .env("npm_config_audit", "false")
        .env("npm_config_fund", "false")
        .env("npm_config_update_notifier", "false")
        .env("npm_config_loglevel", "error")
        .dir(folder)
}

/// The browsers and what drives them.
pub(crate) fn ensure_browsers(engines: &[Engine]) -> Result<()> {
    let needed = engines.iter().flat_map(|engine| programs(*engine));
    let missing: Vec<_> = needed
        .filter(|program| find(program.name).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|program| program.package).collect();
    let list = packages.join(" ");
    if find("apt-get").is_none() || !rustix::process::geteuid().is_root() {
        let names: Vec<_> = missing.iter().map(|program| program.name).collect();
        bail!(
            "the tests need {}, not found on PATH; on Debian install them with: sudo apt-get install {list}",
            names.join(", ")
        );
    }
    say::step(format!("installing {list}"));
    let apt = || {
        Process::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .arg("-qq")
    };
    apt().arg("update").run(Deadline::NONE)?;
    apt()
        .args(["install", "--yes", "--no-install-recommends"])
        .args(&packages)
        .run(Deadline::NONE)?;
    Ok(())
}

/// Node, and with it npm.
pub(crate) fn ensure_node() -> Result<()> {
    let hint = format!("Node {OLDEST_NODE} or newer is needed, with npm: https://nodejs.org");
    let version = Process::new("node")
        .arg("--version")
        .read(Deadline::NONE)
        .with_context(|| hint.clone())?;
    let major: Option<u32> = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|number| number.parse().ok());
    match major {
        Some(major) if major < OLDEST_NODE => bail!("{hint}; this is {version}"),
        _ => Ok(()),
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
