//! Doors that nobody goes through.
//!
//! For every kind of closure that its types could make, wasm-bindgen compiles a function by which JavaScript would call
//! it, and puts that into the wasm's table; it exports those that the glue does call. wasm-opt cannot know that the others
//! are never called, for anything may be called through the table. So they are given a body that does nothing but trap.
//! Measured: 0.4 KB of the core's brotli bytes.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use walrus::ir::{Call, RefFunc, ReturnCall, Visitor, dfs_in_order};
use walrus::{ConstExpr, ElementItems, ExportItem, FunctionId, FunctionKind, Module};

use crate::package::panics::trap;

/// How rustc-demangle writes the path of such a function.
const SHIM: &str = "wasm_bindgen::convert::closures::_::invoke";

/// Empties those of the functions that nothing can call: neither an export nor anything else in the table leads to them.
/// It knows them by the module's name section.
pub(crate) fn close(module: &mut Module) -> Result<()> {
    let shims: BTreeSet<_> = module
        .funcs
        .iter()
        .filter(|function| {
            let name = function.name.as_deref().unwrap_or_default();
            format!("{:#}", rustc_demangle::demangle(name)) == SHIM
        })
        .map(|function| function.id())
        .collect();
    let reachable = reachable(module, &shims);
    ensure!(
        !shims.is_disjoint(&reachable),
        "the compiled core uses no function named {SHIM}, by which JavaScript calls closures: wasm-bindgen has changed \
         the name, bring it up to date in {}",
        file!()
    );
    for &id in shims.difference(&reachable) {
        trap(module, id);
    }
    Ok(())
}

/// The functions that may run if none of the shims is called through the table.
fn reachable(module: &Module, shims: &BTreeSet<FunctionId>) -> BTreeSet<FunctionId> {
    let exported = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(id) => Some(id),
            _ => None,
        });
    let in_tables = module
        .elements
        .iter()
        .flat_map(|element| match &element.items {
            ElementItems::Functions(ids) => ids.clone(),
            ElementItems::Expressions(_, expressions) => expressions
                .iter()
                .filter_map(|expression| match expression {
                    ConstExpr::RefFunc(id) => Some(*id),
                    _ => None,
                })
                .collect(),
        });
    let in_tables = in_tables.filter(|id| !shims.contains(id));
    let mut waiting: Vec<_> = exported.chain(in_tables).chain(module.start).collect();
    let mut reachable = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if reachable.insert(id)
            && let FunctionKind::Local(function) = &module.funcs.get(id).kind
        {
            let mut callees = Callees::default();
            dfs_in_order(&mut callees, function, function.entry_block());
            waiting.extend(callees.0);
        }
    }
    reachable
}

#[derive(Default)]
struct Callees(BTreeSet<FunctionId>);

impl<'instr> Visitor<'instr> for Callees {
    fn visit_call(&mut self, call: &Call) {
        self.0.insert(call.func);
    }

    fn visit_return_call(&mut self, call: &ReturnCall) {
        self.0.insert(call.func);
    }

    fn visit_ref_func(&mut self, reference: &RefFunc) {
        self.0.insert(reference.func);
    }
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
    fn only_shims_that_nothing_calls_are_closed() {
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
    fn a_shim_behind_an_export_that_converts_arguments_stays_open() {
        let mut module = Module::default();
        let inner = shim(&mut module, MANGLED);
        let mut export = FunctionBuilder::new(&mut module.types, &[], &[]);
        export.func_body().i32_const(7).call(inner);
        let export = export.finish(vec![], &mut module.funcs);
        module.exports.add("a", export);
        close(&mut module).unwrap();
        assert_eq!(length(&module, inner), 2);
    }

    #[test]
    fn a_change_of_names_is_told() {
        let mut module = Module::default();
        shim(&mut module, MANGLED);
        assert!(
            close(&mut module)
                .unwrap_err()
                .to_string()
                .contains("uses no function")
        );
    }
}
