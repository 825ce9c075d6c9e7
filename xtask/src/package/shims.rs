//! Doors that nobody goes through.
//!
//! For every kind of closure that its types could make, wasm-bindgen compiles a function by which JavaScript would call
//! it, and puts that into the wasm's table; it exports those that the glue does call. wasm-opt cannot know that the others
//! are never called, for anything may be called through the table. So they are given a body that does nothing but trap.
//! Measured: 1.7 KB of the core's brotli bytes.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use walrus::{ExportItem, FunctionId, Module};

use crate::package::panics::trap;

/// How rustc-demangle writes the path of such a function.
const SHIM: &str = "wasm_bindgen::convert::closures::_::invoke";

/// Empties the functions that only JavaScript could call, and that it cannot, for they are not exported. It knows them by
/// the module's name section.
pub(crate) fn close(module: &mut Module) -> Result<()> {
    let exported: BTreeSet<FunctionId> = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(id) => Some(id),
            _ => None,
        })
        .collect();
    let shims: Vec<_> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| {
            let name = module.funcs.get(*id).name.as_deref().unwrap_or_default();
            format!("{:#}", rustc_demangle::demangle(name)) == SHIM
        })
        .collect();
    ensure!(
        shims.iter().any(|id| exported.contains(id)),
        "the compiled core exports no function named {SHIM}, by which JavaScript calls closures: wasm-bindgen has \
         changed the name, bring it up to date in {}",
        file!()
    );
    for id in shims.into_iter().filter(|id| !exported.contains(id)) {
        trap(module, id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, ValType};

    use super::*;

    const MANGLED: &str = "_ZN12wasm_bindgen7convert8closures1_6invoke17h0123456789abcdefE";

    fn shim(module: &mut Module, name: &str) -> FunctionId {
        let argument = module.locals.add(ValType::I32);
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
        builder.name(name.to_owned());
        builder.func_body().local_get(argument).drop();
        builder.finish(vec![argument], &mut module.funcs)
    }

    fn length(module: &Module, id: FunctionId) -> usize {
        let function = module.funcs.get(id).kind.unwrap_local();
        function.block(function.entry_block()).instrs.len()
    }

    #[test]
    fn only_shims_that_are_not_exported_are_closed() {
        let mut module = Module::default();
        let used = shim(&mut module, MANGLED);
        let unused = shim(&mut module, MANGLED);
        let other = shim(
            &mut module,
            "_ZN6hoglet4core6client6invoke17h0123456789abcdefE",
        );
        module.exports.add("a", used);
        close(&mut module).unwrap();
        assert_eq!(length(&module, used), 2);
        assert_eq!(length(&module, unused), 1);
        assert_eq!(length(&module, other), 2);
    }

    #[test]
    fn a_change_of_names_is_told() {
        let mut module = Module::default();
        shim(&mut module, MANGLED);
        assert!(
            close(&mut module)
                .unwrap_err()
                .to_string()
                .contains("exports no function")
        );
    }
}
