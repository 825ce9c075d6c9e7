//! Builds `pkg/`, the complete npm package: the core as wasm, its glue, and the modules of `pkg-template/`.

mod constants;
mod doomed;
mod glue;
mod integrity;
mod javascript;
mod linked;
mod literal;
mod manifest;
pub(crate) mod modules;
mod names;
mod optimise;
mod panics;
mod references;
mod unreachable;
mod wasm;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use self::integrity::Integrity;
use self::manifest::Manifest;
use self::modules::Modules;
use crate::process::Deadline;
use crate::sizes::Sizes;
use crate::workspace::Workspace;
use crate::{say, tools};

const LICENSES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// What the package is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// To be published: as small as can be.
    Release,
    /// To be tried at once: quick to build, with names in stack traces, of any size.
    Dev,
}

/// A package that has been built.
pub(crate) struct Built {
    /// Where it is: `pkg/`.
    pub(crate) folder: PathBuf,
    /// What its modules can be checked by.
    pub(crate) integrity: Integrity,
    modules: Modules,
    entries: Vec<(String, String)>,
}

impl Built {
    /// Weighs what it brings to a browser.
    pub(crate) fn weigh(self) -> Result<Sizes> {
        Sizes::measure(&self.folder, self.modules, &self.entries)
    }
}

/// Installs what the build needs, where it is missing.
pub(crate) fn prepare(workspace: &Workspace) -> Result<()> {
    tools::ensure_wasm_target(workspace)?;
    tools::ensure_npm_packages(&workspace.path("xtask"))
}

/// Builds the package into `pkg/`, which changes only if all went well.
pub(crate) fn build(workspace: &Workspace, profile: Profile, deadline: Deadline) -> Result<Built> {
    let scratch = workspace.scratch("package");
    fs::create_dir_all(&scratch)?;
    // Two builds at once would write into the same folders; the lock goes with the file.
    let lock = File::create(scratch.join("lock"))?;
    lock.lock()?;

    let template = workspace.path("pkg-template");
    let sources = empty_folder(&scratch.join("sources"))?;
    let stage = empty_folder(&scratch.join("stage"))?;
    copy_files(&template, &sources, |name| name.ends_with(".js"))?;
    copy_files(&template, &stage, |name| !name.ends_with(".js"))?;
    copy_files(workspace.root(), &stage, |name| LICENSES.contains(&name))?;

    let manifest = Manifest::read(&template.join("package.json"))?;
    let entries = manifest.entries();
    let wasm = wasm::build(workspace, profile, &sources.join("generated"), deadline)?;
    // A release imports and exports by names that only its own glue knows: no other can use it.
    fs::write(stage.join("hoglet.wasm"), &wasm)?;
    let javascript = javascript::translate(workspace, &wasm, deadline)?;
    fs::write(sources.join("generated/javascript.js"), javascript)?;
    say::step("bundling the modules with esbuild");
    let files = entries.iter().map(|(_, file)| file.clone()).collect();
    let peers = manifest.peers();
    let modules = modules::build(workspace, &sources, &stage, &files, &peers, &wasm, deadline)?;
    let integrity = Integrity::of(&stage, modules.keys())?;
    integrity.write(&stage)?;
    for file in manifest.exported_files() {
        ensure!(
            stage.join(&file).exists(),
            "pkg-template/package.json exports {file}, which is not there"
        );
    }
    manifest.write(&stage.join("package.json"), workspace.version()?)?;

    let folder = publish(workspace, &stage)?;
    Ok(Built {
        folder,
        integrity,
        modules,
        entries,
    })
}

/// Moves the stage into the place of the package.
fn publish(workspace: &Workspace, stage: &Path) -> Result<PathBuf> {
    let package = workspace.path("pkg");
    let previous = workspace.scratch("package/previous");
    remove(&previous)?;
    match fs::rename(&package, &previous) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).context("pkg"),
        _ => fs::rename(stage, &package)?,
    }
    remove(&previous)?;
    Ok(package)
}

/// The package as its users get it.
#[derive(Clone)]
pub(crate) struct Installed {
    /// What npm would publish.
    pub(crate) tarball: PathBuf,
    /// Where it is installed.
    pub(crate) folder: PathBuf,
}

/// Packs the package as npm would publish it, and installs it in a folder that has nothing else.
pub(crate) fn install(
    workspace: &Workspace,
    package: &Path,
    deadline: Deadline,
) -> Result<Installed> {
    say::step("packing and installing the package");
    let consumer = empty_folder(&workspace.scratch("package/consumer"))?;
    let report = tools::npm(package)
        .args(["pack", "--json", "--pack-destination"])
        .arg(&consumer)
        .read(deadline)?;
    let packed: Vec<Packed> = serde_json::from_str(&report).context("what npm pack reports")?;
    let [packed] = packed.as_slice() else {
        bail!("npm pack made other than one tarball:\n{report}")
    };

    fs::write(
        consumer.join("package.json"),
        "{\"name\": \"consumer\", \"private\": true, \"type\": \"module\"}\n",
    )?;
    tools::npm(&consumer)
        .args(["install", "--offline", "--ignore-scripts"])
        .arg(format!("./{}", packed.filename))
        .run(deadline)?;
    Ok(Installed {
        tarball: consumer.join(&packed.filename),
        folder: consumer.join("node_modules").join(&packed.name),
    })
}

#[derive(Deserialize)]
struct Packed {
    name: String,
    filename: String,
}

/// Makes the folder, or makes it empty.
pub(crate) fn empty_folder(folder: &Path) -> Result<PathBuf> {
    remove(folder)?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    Ok(folder.to_owned())
}

/// Removes the folder with all that is in it, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| folder.display().to_string())
        }
        _ => Ok(()),
    }
}

/// Copies the files right in that folder whose names are wanted.
pub(crate) fn copy_files(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_file() && name.to_str().is_some_and(&wanted) {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}
