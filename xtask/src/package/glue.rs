//! The glue, made over so that the core can be started more than once on a page.
//!
//! wasm-bindgen writes a module that holds one instance of the wasm. A trap leaves that instance alive and broken: what was
//! borrowed stays borrowed. So the module becomes a function, `instantiate`, whose variables belong to one instance. When
//! something is thrown out of an instance it is cut off from its memory, so that nothing of it runs on, neither what is
//! still on the stack nor what the browser calls later; its neighbours do not notice.
//!
//! wasm-bindgen's own means (`reset_state_function`) would replace the instance under the functions that are on the
//! stack, which then read and write the memory of the new one, and would throw at the page where the browser calls a
//! closure of the old one. It also takes more bytes: a check at each of the calls.

use anyhow::{Result, bail, ensure};

/// What the app's side calls: the core's exports, and `enter`, through which everything goes that calls into the instance.
/// `start` makes the instance from what it imports. `fail` is told what was thrown first, again by each call into an instance
/// that is cut off: without a stack it may have been called in vain.
const HEAD: &str = "export const instantiate = (start, fail) => {\n";

/// Stands where wasm-bindgen's glue loads the module. The glue takes `null` for memory that it has to look up again, which
/// it cannot without `wasm`.
const START: &str = "let wasm, cause;
const enter = (action) => {
    try {
        return action();
    } catch (error) {
        cause ??= error;
        wasm = cachedDataViewMemory0 = cachedUint8ArrayMemory0 = null;
        fail(cause);
    }
};
wasm = start(__wbg_get_imports());
";

/// Where the part begins that loads the module.
const LOADER: &str = "let wasmModule, wasmInstance, wasm;\n";

/// What [`START`] and [`CLOSURE`] need of the glue.
const NEEDED: [&str; 4] = [
    "\nlet cachedDataViewMemory0 = null;\n",
    "\nlet cachedUint8ArrayMemory0 = null;\n",
    "\nfunction __wbg_get_imports() {\n",
    "    const state = { a: arg0, b: arg1, cnt: 1 };\n",
];

/// How a closure begins that the browser calls, and how it ends. One that Rust has dropped does nothing: the browser may
/// have been asked to call it before that.
const CLOSURE: [(&str, &str); 2] = [
    (
        "    const real = (...args) => {\n",
        "    const real = (...args) => state.cnt && enter(() => {\n",
    ),
    (
        "            real._wbg_cb_unref();\n        }\n    };\n",
        "            real._wbg_cb_unref();\n        }\n    });\n",
    ),
];

/// Makes the glue a function that starts an instance.
pub(crate) fn adapt(glue: &str) -> Result<String> {
    let (glue, loader) = glue.split_once(LOADER).unwrap_or((glue, ""));
    for needed in NEEDED {
        ensure!(
            glue.contains(needed) || loader.contains(needed),
            changed(needed)
        );
    }

    let mut glue = without_finalization(glue);
    let closures = glue.matches("(...args)").count();
    for (written, wanted) in CLOSURE {
        ensure!(
            closures > 0 && glue.matches(written).count() == closures,
            changed(written)
        );
        glue = glue.replace(written, wanted);
    }

    let mut exports = String::new();
    let mut body = String::with_capacity(glue.len());
    for line in glue.split_inclusive('\n') {
        let Some(exported) = line.strip_prefix("export ") else {
            body.push_str(line);
            continue;
        };
        let name = exported
            .strip_prefix("class ")
            .or_else(|| exported.strip_prefix("function "))
            .and_then(|rest| rest.split([' ', '(']).next());
        let Some(name) = name else {
            bail!(changed(line));
        };
        exports.push_str(name);
        exports.push_str(", ");
        body.push_str(exported);
    }
    ensure!(!exports.is_empty(), changed("export"));
    Ok([HEAD, &body, START, "return { ", &exports, "enter };\n};\n"].concat())
}

/// The glue without the parts by which the garbage collector frees what the wasm holds for objects that nobody uses any
/// more. Rust drops its closures itself and the package frees its core; of an instance that is cut off nothing is to be
/// freed.
fn without_finalization(glue: &str) -> String {
    let mut kept = String::with_capacity(glue.len());
    let mut skips = false;
    for line in glue.split_inclusive('\n') {
        skips |= line.ends_with("= (typeof FinalizationRegistry === 'undefined')\n");
        let is_use = line.contains("Finalization.") || line.contains("CLOSURE_DTORS.");
        if !skips && !is_use && !line.starts_with("if (Symbol.dispose)") {
            kept.push_str(line);
        }
        skips &= !line.ends_with(");\n");
    }
    kept
}

fn changed(expected: &str) -> String {
    format!(
        "the glue does not have {expected:?} where it is expected: wasm-bindgen writes another glue now, and {} must follow",
        file!()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = r#"/** A client. */
export class Core {
    free() {
        CoreFinalization.unregister(this);
        wasm.core_free(this.__wbg_ptr, 0);
    }
}
if (Symbol.dispose) Core.prototype[Symbol.dispose] = Core.prototype.free;
export function uuid() {
    return wasm.uuid();
}
function __wbg_get_imports() {
    return {};
}
const CoreFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.core_free(ptr, 1));

let cachedDataViewMemory0 = null;
let cachedUint8ArrayMemory0 = null;
function makeClosure(arg0, arg1, f) {
    const state = { a: arg0, b: arg1, cnt: 1 };
    const real = (...args) => {
        state.cnt++;
        try {
            return f(state.a, state.b, ...args);
        } finally {
            real._wbg_cb_unref();
        }
    };
    CLOSURE_DTORS.register(real, state, state);
    return real;
}
let wasmModule, wasmInstance, wasm;
function initSync(module) {
}
export { initSync, __wbg_init as default };
"#;

    const ADAPTED: &str = r#"export const instantiate = (start, fail) => {
/** A client. */
class Core {
    free() {
        wasm.core_free(this.__wbg_ptr, 0);
    }
}
function uuid() {
    return wasm.uuid();
}
function __wbg_get_imports() {
    return {};
}

let cachedDataViewMemory0 = null;
let cachedUint8ArrayMemory0 = null;
function makeClosure(arg0, arg1, f) {
    const state = { a: arg0, b: arg1, cnt: 1 };
    const real = (...args) => state.cnt && enter(() => {
        state.cnt++;
        try {
            return f(state.a, state.b, ...args);
        } finally {
            real._wbg_cb_unref();
        }
    });
    return real;
}
"#;

    #[test]
    fn the_glue_becomes_a_function_whose_closures_go_through_enter() {
        let expected = [ADAPTED, START, "return { Core, uuid, enter };\n};\n"].concat();
        assert_eq!(adapt(GLUE).unwrap(), expected);
    }

    #[test]
    fn a_change_of_the_glue_is_told() {
        for (written, instead) in [
            (
                "let wasmModule, wasmInstance, wasm;",
                "let wasmInstance, wasm;",
            ),
            ("let cachedUint8ArrayMemory0 = null;", "let memory = null;"),
            (
                "const real = (...args) => {",
                "const real = function (...args) {",
            ),
            (
                "            real._wbg_cb_unref();",
                "            real.unref();",
            ),
            ("export class", "export abstract class"),
        ] {
            assert!(GLUE.contains(written));
            let glue = GLUE.replace(written, instead);
            assert!(adapt(&glue).is_err(), "{instead}");
        }
    }
}
