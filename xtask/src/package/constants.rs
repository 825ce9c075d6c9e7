//! What becomes of the constants in the core's code.
//!
//! Many are handed on for the sake of panics alone: where in the source the caller is, what was expected. Once panics are
//! silent, the parameters that take them are read by nobody, and those that only hand them on neither. Measured: of what
//! `unreachable` saves, 0.4 KB of the core's brotli bytes are due to this.

use std::collections::{BTreeSet, HashMap, HashSet};

use walrus::ir::{Instr, InstrSeq, Value, Visitor, dfs_in_order};
use walrus::{FunctionId, FunctionKind, LocalFunction, Module};

/// For each function of the module the constants that it does something with. It may be fewer in truth: where this cannot tell
/// how a constant is used, it is.
pub(crate) fn used(module: &Module) -> HashMap<FunctionId, BTreeSet<i64>> {
    let values: HashMap<_, _> = module
        .funcs
        .iter_local()
        .map(|(id, function)| (id, Values::of(module, function)))
        .collect();
    let mut read = Read(HashSet::new());
    loop {
        let before = read.0.len();
        for (&id, values) in &values {
            for &(parameter, usage) in &values.parameters {
                if read.contains(module, usage) {
                    read.0.insert((id, parameter));
                }
            }
        }
        if read.0.len() == before {
            break;
        }
    }
    let constants = |values: Values<'_>| {
        let used = values.constants.into_iter();
        used.filter(|&(_, usage)| read.contains(module, usage))
            .map(|(constant, _)| constant)
            .collect()
    };
    values
        .into_iter()
        .map(|(id, values)| (id, constants(values)))
        .collect()
}

/// How a value is used.
#[derive(Clone, Copy)]
enum Usage {
    /// As this parameter of that function, and in no other way.
    Argument(FunctionId, usize),
    /// In some other way.
    Otherwise,
}

/// The parameters that are read, of the functions that have a body.
struct Read(HashSet<(FunctionId, usize)>);

impl Read {
    fn contains(&self, module: &Module, usage: Usage) -> bool {
        match usage {
            Usage::Argument(function, parameter) => {
                !matches!(module.funcs.get(function).kind, FunctionKind::Local(_))
                    || self.0.contains(&(function, parameter))
            }
            Usage::Otherwise => true,
        }
    }
}

/// The constants and the parameters of a function, at each place where it takes one.
struct Values<'a> {
    module: &'a Module,
    function: &'a LocalFunction,
    constants: Vec<(i64, Usage)>,
    parameters: Vec<(usize, Usage)>,
}

impl<'a> Values<'a> {
    fn of(module: &'a Module, function: &'a LocalFunction) -> Self {
        let mut values = Self {
            module,
            function,
            constants: Vec::new(),
            parameters: Vec::new(),
        };
        dfs_in_order(&mut values, function, function.entry_block());
        values
    }

    /// The instructions that are by themselves an argument of a call, by their place in the sequence.
    fn arguments(&self, sequence: &InstrSeq) -> HashMap<usize, Usage> {
        let mut arguments = HashMap::new();
        for (place, (instruction, _)) in sequence.instrs.iter().enumerate() {
            let Instr::Call(call) = instruction else {
                continue;
            };
            let kind = self.module.funcs.get(call.func).ty();
            let mut end = place;
            for parameter in (0..self.module.types.get(kind).params().len()).rev() {
                let Some(start) = start_of_value(sequence, end) else {
                    break;
                };
                if start + 1 == end {
                    arguments.insert(start, Usage::Argument(call.func, parameter));
                }
                end = start;
            }
        }
        arguments
    }
}

impl<'instr> Visitor<'instr> for Values<'_> {
    fn start_instr_seq(&mut self, sequence: &'instr InstrSeq) {
        let arguments = self.arguments(sequence);
        for (place, (instruction, _)) in sequence.instrs.iter().enumerate() {
            let usage = arguments.get(&place).copied();
            let usage = usage.unwrap_or(Usage::Otherwise);
            match instruction {
                Instr::Const(constant) => {
                    if let Value::I32(value) = constant.value {
                        self.constants.push((value.into(), usage));
                    }
                }
                Instr::LocalGet(get) => {
                    let parameter = self.function.args.iter().position(|&id| id == get.local);
                    self.parameters
                        .extend(parameter.map(|place| (place, usage)));
                }
                Instr::Load(load) => self.offset(load.arg.offset),
                Instr::Store(store) => self.offset(store.arg.offset),
                _ => {}
            }
        }
    }
}

impl Values<'_> {
    /// What is added to an address may be an address too.
    fn offset(&mut self, offset: u64) {
        let offset = i64::try_from(offset).expect("memories of 32 bits have no such offsets");
        self.constants.push((offset, Usage::Otherwise));
    }
}

/// Where in the sequence the instructions start that leave one value and end there; `None` if others are among them than those
/// that just compute.
fn start_of_value(sequence: &InstrSeq, end: usize) -> Option<usize> {
    let mut missing = 1;
    for (start, (instruction, _)) in sequence.instrs[..end].iter().enumerate().rev() {
        missing += match instruction {
            Instr::Const(_) | Instr::LocalGet(_) | Instr::GlobalGet(_) => 0,
            Instr::LocalTee(_) | Instr::Unop(_) | Instr::Load(_) => 1,
            Instr::Binop(_) => 2,
            Instr::Select(_) => 3,
            _ => return None,
        };
        missing -= 1;
        if missing == 0 {
            return Some(start);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use walrus::ir::{BinaryOp, LoadKind, MemArg};
    use walrus::{FunctionBuilder, InstrSeqBuilder, LocalId, ValType};

    use super::*;

    /// A function with one parameter.
    fn function(
        module: &mut Module,
        build: impl FnOnce(&mut InstrSeqBuilder<'_>, LocalId),
    ) -> FunctionId {
        let parameter = module.locals.add(ValType::I32);
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
        build(&mut builder.func_body(), parameter);
        builder.finish(vec![parameter], &mut module.funcs)
    }

    #[test]
    fn what_is_handed_to_nobody_who_reads_it_is_not_used() {
        let mut module = Module::default();
        let deaf = function(&mut module, |body, _| {
            body.unreachable();
        });
        let hands_on = function(&mut module, |body, parameter| {
            body.local_get(parameter).call(deaf);
        });
        let reads = function(&mut module, |body, parameter| {
            body.local_get(parameter).drop();
        });
        let hands_to_reader = function(&mut module, |body, parameter| {
            body.local_get(parameter).call(reads);
        });
        let kind = module.types.add(&[ValType::I32], &[]);
        let (imported, _) = module.add_import_func("a", "b", kind);
        let caller = function(&mut module, |body, _| {
            body.i32_const(1).call(deaf);
            body.i32_const(2).call(hands_on);
            body.i32_const(3).call(reads);
            body.i32_const(4).call(hands_to_reader);
            body.i32_const(5).call(imported);
            body.i32_const(6).drop();
        });
        assert_eq!(used(&module)[&caller], BTreeSet::from([3, 4, 5, 6]));
    }

    #[test]
    fn of_several_arguments_each_is_told_from_the_others() {
        let mut module = Module::default();
        let [first, last] = [ValType::I32; 2].map(|kind| module.locals.add(kind));
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32; 2], &[]);
        builder.func_body().local_get(last).drop();
        let callee = builder.finish(vec![first, last], &mut module.funcs);
        let memory = module.memories.add_local(false, false, 1, None, None);
        let caller = function(&mut module, |body, parameter| {
            body.i32_const(1).i32_const(2).call(callee);
            // The second argument is computed from what is read at an address and an offset.
            let place = MemArg {
                align: 4,
                offset: 6,
            };
            let kind = LoadKind::I32 { atomic: false };
            body.i32_const(3)
                .local_get(parameter)
                .load(memory, kind, place);
            body.i32_const(4).binop(BinaryOp::I32Add).call(callee);
        });
        assert_eq!(used(&module)[&caller], BTreeSet::from([2, 4, 6]));
    }
}
