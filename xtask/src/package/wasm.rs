//! The core as WebAssembly: compiled by cargo, given its JavaScript glue by wasm-bindgen, made small by wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::package::linked::Linked;
use crate::package::optimise::optimise;
use crate::package::{Profile, doomed, glue, panics, references, unreachable};
use crate::process::Deadline;
use crate::say;
use crate::workspace::{HOGLET, WASM, Workspace};

/// What wasm-bindgen calls the files it writes: `glue.js` and `glue_bg.wasm`.
const GLUE: &str = "glue";

/// Builds the core, writes its glue into `generated` (`glue.js`, with what that imports), and gives the wasm.
pub(crate) fn build(
    workspace: &Workspace,
    profile: Profile,
    generated: &Path,
    deadline: Deadline,
) -> Result<Vec<u8>> {
    let compiled = compile(workspace, profile, deadline)?;
    let compiled = fs::read(&compiled).with_context(|| compiled.display().to_string())?;

    let is_release = profile == Profile::Release;
    let linked = is_release.then(|| Linked::read(&compiled)).transpose()?;

    say::step("generating the glue with wasm-bindgen");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(GLUE, references::in_an_array(compiled, !is_release)?)
        .web(true)?
        .omit_default_module_path(true)
        .typescript(false)
        .debug(!is_release)
        // The list of what panics is matched with paths without hashes, which it makes itself.
        .demangle(!is_release)
        .keep_debug(!is_release)
        .remove_name_section(is_release)
        .remove_producers_section(is_release);
    let mut output = bindgen.generate_output().context(
        "wasm-bindgen failed; its version in xtask/Cargo.toml must be that of the wasm-bindgen crate in Cargo.lock",
    )?;
    if let Some(linked) = linked {
        panics::silence(output.wasm_mut())?;
        doomed::cut_short(output.wasm_mut());
        unreachable::clear(output.wasm_mut(), &linked)?;
    }
    output.emit(generated)?;

    let bound = generated.join(format!("{GLUE}_bg.wasm"));
    let script = generated.join(format!("{GLUE}.js"));
    let adapted = glue::adapt(&fs::read_to_string(&script)?)?;
    let (wasm, adapted) = match profile {
        Profile::Release => {
            let optimised = optimise(workspace, &bound, deadline)?;
            (optimised.wasm, optimised.names.apply(&adapted)?)
        }
        Profile::Dev => {
            let wasm = fs::read(&bound).with_context(|| bound.display().to_string())?;
            (wasm, adapted)
        }
    };
    fs::write(&script, adapted)?;
    Ok(wasm)
}

/// How much of the page's memory is for the core's stack. The linker would take a megabyte, more than all the rest; what is too
/// deep traps, for nothing lies below it.
const STACK_BYTES: u32 = 256 * 1024;

fn compile(workspace: &Workspace, profile: Profile, deadline: Deadline) -> Result<PathBuf> {
    let (name, folder) = match profile {
        Profile::Release => ("release", "release"),
        Profile::Dev => ("dev", "debug"),
    };
    say::step(format!(
        "compiling the core to WebAssembly (profile {name})"
    ));
    let mut cargo = workspace.cargo();
    if profile == Profile::Release {
        let mut flags = without_local_paths(workspace, deadline)?;
        flags.push(format!("-Clink-arg=-zstack-size={STACK_BYTES}"));
        // For `linked`, which says what it is.
        flags.push("-Clink-arg=--emit-relocs".to_owned());
        // Cargo separates the flags by this character, since a path may have blanks.
        cargo = cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    }
    cargo
        .args([
            "build",
            "--locked",
            "--lib",
            "--package",
            HOGLET,
            "--target",
            WASM,
            "--profile",
            name,
        ])
        .run(deadline)?;
    Ok(workspace.built(Some(WASM), folder, &format!("{HOGLET}.wasm")))
}

/// The compiler's flags by which no path of the machine that built it stands in the wasm. Users need not know it, and
/// the bytes would be others on the next machine.
fn without_local_paths(workspace: &Workspace, deadline: Deadline) -> Result<Vec<String>> {
    let sysroot = workspace
        .rustc()
        .args(["--print", "sysroot"])
        .read(deadline)?;
    let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));

    let mut flags = vec![format!("--remap-path-prefix={}=rust", sources.display())];
    for registry in cargo_home
        .into_iter()
        .flat_map(|home| folders(&home.join("registry/src")))
    {
        flags.push(format!("--remap-path-prefix={}=", registry.display()));
    }
    Ok(flags)
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    // Always in the same order, or cargo would compile again.
    folders.sort();
    folders
}
