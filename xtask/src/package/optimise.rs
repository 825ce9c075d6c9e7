//! wasm-opt: the wasm made small, with short names at its boundary.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

use anyhow::{Result, bail};

use crate::package::names::{self, Renamed};
use crate::package::references;
use crate::process::{Deadline, Process};
use crate::say;
use crate::workspace::{WASM, Workspace};

/// What makes the wasm small: each round starts from what the one before has left.
const ROUNDS: [&[&str]; 3] = [
    &["-Oz", "--converge", "--strip-target-features"],
    // Control flow made anew gives the passes more to find: 0.1 KB of brotli for some seconds.
    &["--flatten", "--rereloop", "-Oz", "--converge"],
    // The first kilobyte is the far end of the stack, so that an offset can be added within a load: 0.5 KB.
    &["--low-memory-unused", "-Oz", "--converge"],
];

/// Wasm that has been optimised.
pub(crate) struct Optimised {
    pub(crate) wasm: Vec<u8>,
    /// The names that its glue has to use from now on.
    pub(crate) names: Renamed,
}

/// Optimises that file, unless the same bytes were optimised in the same way before.
pub(crate) fn optimise(
    workspace: &Workspace,
    wasm: &Path,
    deadline: Deadline,
) -> Result<Optimised> {
    let tools = workspace.path("xtask");
    let features = features(workspace, deadline)?;

    let mut hasher = DefaultHasher::new();
    fs::read(wasm)?.hash(&mut hasher);
    fs::read(tools.join("package-lock.json"))?.hash(&mut hasher);
    (ROUNDS, names::PASS).hash(&mut hasher);
    features.hash(&mut hasher);
    let done = workspace.scratch("package/optimised");
    let output = done.join(format!("{:016x}.wasm", hasher.finish()));
    let printed = output.with_extension("names.json");

    if !output.exists() {
        say::step("optimising with wasm-opt");
        // One is enough, and they would pile up.
        let _ = fs::remove_dir_all(&done);
        fs::create_dir_all(&done)?;
        let wasm_opt = || Process::new(tools.join("node_modules/.bin/wasm-opt")).args(&features);
        let long_names = done.join("long-names");
        fs::copy(wasm, &long_names)?;
        for round in ROUNDS {
            wasm_opt()
                .args(round)
                .arg(&long_names)
                .arg("--output")
                .arg(&long_names)
                .run(deadline)?;
        }
        // By itself: with `--converge` it would be run again and rename what it has renamed.
        let unfinished = done.join("unfinished");
        let names = wasm_opt()
            .arg(names::PASS)
            .arg(&long_names)
            .arg("--output")
            .arg(&unfinished)
            .read(deadline)?;
        fs::write(&printed, names)?;
        fs::rename(&unfinished, &output)?;
    }
    Ok(Optimised {
        wasm: fs::read(&output)?,
        names: Renamed::parse(&fs::read_to_string(&printed)?)?,
    })
}

/// The flags that let wasm-opt use what rustc itself uses, and nothing that a browser might not have.
pub(crate) fn features(workspace: &Workspace, deadline: Deadline) -> Result<Vec<String>> {
    let configuration = workspace
        .rustc()
        .args(["--print", "cfg", "--target", WASM])
        .read(deadline)?;
    let enabled = configuration
        .lines()
        .filter_map(|line| line.strip_prefix("target_feature=\"")?.strip_suffix('"'))
        .filter(|feature| !references::UNUSED_FEATURES.contains(feature))
        .map(feature_flag);
    [Ok("--mvp-features".to_owned())]
        .into_iter()
        .chain(enabled)
        .collect()
}

fn feature_flag(feature: &str) -> Result<String> {
    let name = match feature {
        "bulk-memory" | "mutable-globals" | "sign-ext" => feature,
        "nontrapping-fptoint" => "nontrapping-float-to-int",
        _ => bail!(
            "rustc now uses the WebAssembly feature {feature:?}: see that all supported browsers have it, then name \
             wasm-opt's flag for it in {}",
            file!()
        ),
    };
    Ok(format!("--enable-{name}"))
}
