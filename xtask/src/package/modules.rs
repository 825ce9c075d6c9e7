//! The JavaScript of the package: minified by esbuild, each entry and each chunk in one piece. A chunk is what some module
//! fetches by `import()`; whatever else is imported becomes part of what imports it. What the app brings itself is left to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::package::literal::{checksum, literal};
use crate::process::{Deadline, Process};
use crate::workspace::Workspace;

/// The module that carries the core.
pub(crate) const CORE: &str = "core.js";

/// The module that carries it as JavaScript. It takes over where the other was garbled, so that no charset may harm it.
const WITHOUT_WASM: &str = "core-without-wasm.js";

/// The entry for pages without a bundler, a classic script. It cannot import other entries, so that what it needs of them is
/// in it; chunks it fetches like everybody else, for `import()` looks beside the script that calls it.
pub(crate) const SCRIPT: &str = "snippet.js";

/// Chromium 136 and later compile all functions of a script that begins so, beside the page and while it is fetched. Else each is
/// compiled when it is first called, in the one task in which the core starts: with it the longest task is half as long, and the
/// first event comes 60 ms earlier with the processor slowed down 4 times, for 100 KB of memory. Apps whose bundler drops comments
/// are where they were.
const COMPILED_WHILE_FETCHED: &str = "--banner:js=//# allFunctionsCalledOnLoad";

/// Stands for the wasm while esbuild works on the core chunk: it would escape more than is needed.
const PLACEHOLDER: &str = "@hoglet: the wasm goes here@";

/// What a module of the package imports from its neighbours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Imports {
    /// Loaded together with it.
    pub(crate) now: BTreeSet<String>,
    /// Loaded by `import()`, when it wants to.
    pub(crate) later: BTreeSet<String>,
}

/// The modules of the package by file name.
pub(crate) type Modules = BTreeMap<String, Imports>;

/// Minifies the entries and all that they import from `sources` into `stage`. `sources/generated` has the glue in it
/// already.
pub(crate) fn build(
    workspace: &Workspace,
    sources: &Path,
    stage: &Path,
    entries: &BTreeSet<String>,
    peers: &BTreeSet<String>,
    wasm: &[u8],
    deadline: Deadline,
) -> Result<Modules> {
    let (length, sum) = (wasm.len(), checksum(wasm));
    fs::write(
        sources.join("generated/wasm.js"),
        // In a function, for what only that needs is given up when it has not run for a while: a quarter of a megabyte.
        format!(
            "export const text = () => '{PLACEHOLDER}', length = {length}, checksum = {sum};\n"
        ),
    )?;
    let version = workspace.version()?;
    fs::write(
        sources.join("generated/version.js"),
        format!("export const version = '{version}';\n"),
    )?;

    let shared = shared(workspace, sources, entries, peers, deadline)?;
    let mut modules = Modules::new();
    let mut waiting: Vec<String> = entries.iter().cloned().collect();
    while let Some(file) = waiting.pop() {
        if modules.contains_key(&file) {
            continue;
        }
        let others = shared
            .iter()
            .filter(|other| **other != file && !(file == SCRIPT && entries.contains(*other)))
            .map(|other| format!("./{other}"));
        let externals = others.chain(peers.iter().cloned()).collect();
        let imports = minify(workspace, sources, stage, &file, &externals, deadline)?;
        waiting.extend(imports.now.iter().chain(&imports.later).cloned());
        modules.insert(file, imports);
    }
    ensure!(
        modules.contains_key(CORE),
        "no entry of the package imports {CORE}"
    );

    let core = stage.join(CORE);
    let code = with_wasm(&fs::read_to_string(&core)?, wasm)?;
    ensure_latin1(&code)?;
    fs::write(&core, code)?;
    Ok(modules)
}

/// The modules that stand alone, each of them once: what an app can import, and what is fetched by `import()`.
fn shared(
    workspace: &Workspace,
    sources: &Path,
    entries: &BTreeSet<String>,
    peers: &BTreeSet<String>,
    deadline: Deadline,
) -> Result<BTreeSet<String>> {
    let trial = sources.join("generated/trial");
    let facts = esbuild(workspace, sources, deadline, |esbuild| {
        esbuild
            .args(entries)
            .args(peers.iter().map(|peer| format!("--external:{peer}")))
            .arg(format!("--outdir={}", trial.display()))
    })?;
    let later = facts
        .inputs
        .into_values()
        .flat_map(|module| module.imports)
        .filter(Import::is_later)
        .map(|import| import.path);
    Ok(entries.iter().cloned().chain(later).collect())
}

fn minify(
    workspace: &Workspace,
    sources: &Path,
    stage: &Path,
    file: &str,
    externals: &BTreeSet<String>,
    deadline: Deadline,
) -> Result<Imports> {
    // A script has no scope of its own. `--format=iife` would give it one, and 260 bytes that a module does not need.
    let scope: &[&str] = match file {
        SCRIPT => &["--banner:js='use strict';(()=>{", "--footer:js=})()"],
        CORE => &[COMPILED_WHILE_FETCHED],
        _ => &[],
    };
    let charset = match file {
        WITHOUT_WASM => "--charset=ascii",
        _ => "--charset=utf8",
    };
    let facts = esbuild(workspace, sources, deadline, |esbuild| {
        esbuild
            .arg(file)
            .arg(charset)
            .args(scope)
            .args([
                "--minify",
                // What the wasm needs came to browsers with it, and older targets turn private fields into slow maps.
                "--target=es2022",
                "--legal-comments=none",
            ])
            .args(
                externals
                    .iter()
                    .map(|external| format!("--external:{external}")),
            )
            .arg(format!("--outfile={}", stage.join(file).display()))
    })?;
    imports(file, facts, externals)
}

/// Bundles with the arguments that are added, and tells what came of it.
fn esbuild(
    workspace: &Workspace,
    sources: &Path,
    deadline: Deadline,
    arguments: impl FnOnce(Process) -> Process,
) -> Result<Facts> {
    let facts = sources.join("generated/facts.json");
    let esbuild = Process::new(workspace.path("xtask/node_modules/.bin/esbuild"))
        .args(["--bundle", "--format=esm", "--log-level=warning"])
        // The sources are copies that lie elsewhere; what they import from npm is bundled into them.
        .env("NODE_PATH", workspace.path("xtask/node_modules"))
        .arg(format!("--metafile={}", facts.display()))
        .dir(sources);
    arguments(esbuild).run(deadline)?;
    serde_json::from_slice(&fs::read(&facts)?).context("esbuild's metafile")
}

fn imports(file: &str, facts: Facts, externals: &BTreeSet<String>) -> Result<Imports> {
    let mut imports = Imports::default();
    for import in facts
        .outputs
        .into_values()
        .flat_map(|module| module.imports)
    {
        let Some(name) = import.path.strip_prefix("./") else {
            if externals.contains(&import.path) {
                continue;
            }
            bail!(
                "{file} imports {:?}: a module of the package imports its neighbours (./name.js) and its peers only",
                import.path
            );
        };
        let group = if import.is_later() {
            &mut imports.later
        } else {
            &mut imports.now
        };
        group.insert(name.to_owned());
    }
    Ok(imports)
}

/// Browsers keep a script in one byte for each character as long as none needs two: of the core's that is half of 700 KB.
fn ensure_latin1(code: &str) -> Result<()> {
    match code.chars().find(|character| *character > '\u{ff}') {
        Some(character) => bail!(
            "{CORE} has the character {}, which doubles what it takes of a page's memory: write String.fromCharCode({:#06x})",
            character.escape_unicode(),
            u32::from(character)
        ),
        None => Ok(()),
    }
}

/// Puts the wasm in the place of the one string literal that stands for it.
fn with_wasm(code: &str, wasm: &[u8]) -> Result<String> {
    let mut parts = code.split(PLACEHOLDER);
    let (Some(before), Some(after), None) = (parts.next(), parts.next(), parts.next()) else {
        let count = code.matches(PLACEHOLDER).count();
        bail!(
            "{CORE} must use `text` of ./generated/wasm.js exactly once; after minification it is there {count} times"
        );
    };
    for quote in ['"', '\'', '`'] {
        if let (Some(before), Some(after)) = (before.strip_suffix(quote), after.strip_prefix(quote))
        {
            return Ok([before, &literal(wasm), after].concat());
        }
    }
    bail!("esbuild has joined the wasm's text in {CORE} with another string");
}

#[derive(Deserialize)]
struct Facts {
    inputs: BTreeMap<String, Module>,
    outputs: BTreeMap<String, Module>,
}

#[derive(Deserialize)]
struct Module {
    imports: Vec<Import>,
}

#[derive(Deserialize)]
struct Import {
    path: String,
    kind: String,
}

impl Import {
    fn is_later(&self) -> bool {
        self.kind == "dynamic-import"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(facts: &str, externals: &[&str]) -> Result<Imports> {
        let externals = externals.iter().map(|name| (*name).to_owned()).collect();
        imports("index.js", serde_json::from_str(facts).unwrap(), &externals)
    }

    #[test]
    fn the_wasm_takes_the_place_of_the_literal() {
        let code = format!("var t=\"{PLACEHOLDER}\";f(t)");
        assert_eq!(
            with_wasm(&code, b"\0asm\"").unwrap(),
            "var t='\\0asm\"';f(t)"
        );
    }

    #[test]
    fn a_placeholder_that_is_missing_doubled_or_joined_is_an_error() {
        for code in [
            "f()".to_owned(),
            format!("f('{PLACEHOLDER}','{PLACEHOLDER}')"),
            format!("f('{PLACEHOLDER} and more')"),
        ] {
            assert!(with_wasm(&code, b"").is_err(), "{code}");
        }
    }

    #[test]
    fn a_character_that_needs_two_bytes_is_an_error() {
        assert!(ensure_latin1("f('\u{ff}')").is_ok());
        let message = ensure_latin1("f('\u{fffd}')").unwrap_err().to_string();
        assert!(message.contains("String.fromCharCode(0xfffd)"), "{message}");
    }

    #[test]
    fn imports_are_told_apart_by_when_they_load() {
        let facts = r#"{"inputs": {}, "outputs": {"index.js": {"imports": [
            {"path": "./queue.js", "kind": "import-statement", "external": true},
            {"path": "./core.js", "kind": "dynamic-import", "external": true}
        ]}}}"#;
        let imports = read(facts, &[]).unwrap();
        assert_eq!(imports.now, BTreeSet::from(["queue.js".to_owned()]));
        assert_eq!(imports.later, BTreeSet::from(["core.js".to_owned()]));
    }

    #[test]
    fn an_import_from_outside_the_package_is_refused() {
        let facts = r#"{"inputs": {}, "outputs": {"index.js": {"imports": [{"path": "left-pad", "kind": "import-statement"}]}}}"#;
        assert!(read(facts, &[]).is_err());
    }

    #[test]
    fn what_the_app_brings_is_no_module_of_the_package() {
        let facts = r#"{"inputs": {}, "outputs": {"react.js": {"imports": [
            {"path": "react", "kind": "import-statement", "external": true}
        ]}}}"#;
        assert_eq!(read(facts, &["react"]).unwrap(), Imports::default());
    }
}
