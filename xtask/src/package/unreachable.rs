//! What nobody comes to.
//!
//! A linked module calls functions through one table and reads its data at addresses that are mere numbers. So wasm-opt has to
//! keep every function that is in the table, with all that it calls, and every byte of the data. But once panics are silent,
//! most of what writes text and most of the texts are for nobody; and for every kind of closure that its types could make,
//! wasm-bindgen puts a function into the table by which JavaScript would call it. From what the linker knows of the addresses
//! follows what the exports can come to. The rest is taken out of the table, and its bytes become zeros. Measured: 5.4 KB of
//! the core's brotli bytes.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, bail};
use walrus::ir::{Call, RefFunc, ReturnCall, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, ExportItem, FunctionBuilder,
    FunctionId, FunctionKind, Module,
};

use crate::package::constants;
use crate::package::linked::{self, Addresses, Linked, Piece, Target};

/// Takes out of the table what is not called through it, and out of the data what is not read.
pub(crate) fn clear(module: &mut Module, linked: &Linked) -> Result<()> {
    let reached = Reached::from_exports(module, linked)?;
    let mut nothing = FunctionBuilder::new(&mut module.types, &[], &[]);
    nothing.func_body().unreachable();
    let nothing = nothing.finish(vec![], &mut module.funcs);
    for element in module.elements.iter_mut() {
        let start = start_in_table(element)?;
        if let ElementItems::Functions(functions) = &mut element.items {
            for (place, function) in (start..).zip(functions) {
                if !reached.in_table.contains(&place) {
                    *function = nothing;
                }
            }
        }
    }
    let segments: Vec<_> = module.data.iter().map(Data::id).collect();
    for id in segments {
        let segment = module.data.get_mut(id);
        if let DataKind::Active {
            offset: ConstExpr::Value(Value::I32(start)),
            ..
        } = segment.kind
        {
            reached.clear_bytes(linked, start.cast_unsigned(), &mut segment.value);
        }
    }
    for section in linked::SECTIONS {
        module.customs.remove_raw(section);
    }
    Ok(())
}

/// What may be used from outside the module, and what that uses.
#[derive(Default)]
struct Reached {
    functions: BTreeSet<FunctionId>,
    /// The places in the table that something that was reached knows of.
    in_table: BTreeSet<u32>,
    data: BTreeSet<u32>,
}

impl Reached {
    fn from_exports(module: &Module, linked: &Linked) -> Result<Self> {
        let mut waiting: Vec<_> = module.start.into_iter().collect();
        for export in module.exports.iter() {
            match export.item {
                ExportItem::Function(id) => waiting.push(id),
                ExportItem::Table(_) => bail!(
                    "the core exports its table as {}, so anything in it may be called",
                    export.name
                ),
                _ => {}
            }
        }
        let public = linked.data.iter().filter(|(_, piece)| piece.is_public);
        let mut targets: Vec<_> = public.map(|(&number, _)| Target::Data(number)).collect();

        let constants = constants::used(module);
        let table = table(module)?;
        let mut reached = Self::default();
        loop {
            if let Some(id) = waiting.pop() {
                let function = module.funcs.get(id);
                if reached.functions.insert(id)
                    && let FunctionKind::Local(local) = &function.kind
                {
                    let mut callees = Callees::default();
                    dfs_in_order(&mut callees, local, local.entry_block());
                    waiting.extend(callees.0);
                    let name = function.name.as_deref().unwrap_or_default();
                    let addresses = addresses(linked, name);
                    let used = constants[&id].iter();
                    targets.extend(used.filter_map(|it| addresses.get(it)).flatten().copied());
                }
            } else if let Some(target) = targets.pop() {
                match target {
                    Target::Function(place) => {
                        let function = table.get(&place);
                        waiting.push(
                            *function
                                .with_context(|| format!("nothing is at {place} in the table"))?,
                        );
                        reached.in_table.insert(place);
                    }
                    Target::Data(number) => {
                        if reached.data.insert(number) {
                            targets.extend(linked.data[&number].targets.iter().copied());
                        }
                    }
                }
            } else {
                return Ok(reached);
            }
        }
    }

    /// Sets those bytes of a segment to zero that are in a piece of the data, but in none that was reached.
    fn clear_bytes(&self, linked: &Linked, start: u32, bytes: &mut [u8]) {
        let original = bytes.to_vec();
        let place = |piece: &Piece| {
            let [from, to] = [piece.place.start, piece.place.end]
                .map(|address| bytes.len().min(address.saturating_sub(start) as usize));
            from..to
        };
        let (read, unread): (Vec<_>, Vec<_>) = linked
            .data
            .iter()
            .map(|(number, piece)| (self.data.contains(number), place(piece)))
            .partition(|(is_read, _)| *is_read);
        for (_, place) in unread {
            bytes[place].fill(0);
        }
        for (_, place) in read {
            bytes[place.clone()].copy_from_slice(&original[place]);
        }
    }
}

/// The addresses in the function of that name.
fn addresses<'a>(linked: &'a Linked, name: &str) -> Cow<'a, Addresses> {
    if let Some(addresses) = linked.functions.get(name) {
        return Cow::Borrowed(addresses);
    }
    let mut all = Addresses::new();
    // wasm-bindgen calls what is exported as it is exported, without the hash that followed. Of what it has made itself any
    // number may be an address.
    let is_renamed = |known: &str| known.starts_with(name);
    let is_any = !linked.functions.keys().any(|known| is_renamed(known));
    for (known, addresses) in &linked.functions {
        if is_any || is_renamed(known) {
            for (&address, targets) in addresses {
                all.entry(address).or_default().extend(targets);
            }
        }
    }
    Cow::Owned(all)
}

/// The functions that can be called through the table, by their places in it.
fn table(module: &Module) -> Result<HashMap<u32, FunctionId>> {
    let mut table = HashMap::new();
    for element in module.elements.iter() {
        if let ElementItems::Functions(functions) = &element.items {
            table.extend((start_in_table(element)?..).zip(functions.iter().copied()));
        }
    }
    Ok(table)
}

/// The place in the table of the first of these functions.
fn start_in_table(element: &Element) -> Result<u32> {
    match element.kind {
        ElementKind::Active {
            offset: ConstExpr::Value(Value::I32(start)),
            ..
        } => Ok(start.cast_unsigned()),
        _ => bail!("functions of the core have no fixed place in its table"),
    }
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
    use walrus::{RefType, TableId};

    use super::*;

    /// A function that takes these constants and drops them.
    fn function(module: &mut Module, name: &str, constants: &[i32]) -> FunctionId {
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
        builder.name(name.to_owned());
        for &constant in constants {
            builder.func_body().i32_const(constant).drop();
        }
        builder.finish(vec![], &mut module.funcs)
    }

    fn add_table(module: &mut Module, functions: Vec<FunctionId>) -> TableId {
        let table = module.tables.add_local(false, 9, None, RefType::FUNCREF);
        let kind = ElementKind::Active {
            table,
            offset: ConstExpr::Value(Value::I32(1)),
        };
        let items = ElementItems::Functions(functions);
        let element = module.elements.add(kind, items);
        module.tables.get_mut(table).elem_segments.insert(element);
        table
    }

    fn add_data(module: &mut Module, bytes: &[u8]) {
        let kind = DataKind::Active {
            memory: module.memories.add_local(false, false, 1, None, None),
            offset: ConstExpr::Value(Value::I32(1000)),
        };
        module.data.add(kind, bytes.to_vec());
    }

    fn piece(place: std::ops::Range<u32>, targets: &[Target]) -> Piece {
        Piece {
            place,
            targets: targets.iter().copied().collect(),
            is_public: false,
        }
    }

    fn in_function(name: &str, addresses: &[(i64, Target)]) -> (String, Addresses) {
        let addresses = addresses.iter();
        let addresses = addresses.map(|&(address, target)| (address, [target].into()));
        (name.to_owned(), addresses.collect())
    }

    #[test]
    fn only_what_the_exports_lead_to_stays_in_the_table_and_in_the_data() {
        let mut module = Module::default();
        // The number 3 is no address here.
        let exported = function(&mut module, "exported", &[1, 1002, 3]);
        let by_code = function(&mut module, "by_code", &[]);
        let by_data = function(&mut module, "by_data", &[]);
        let by_nobody = function(&mut module, "by_nobody", &[1006]);
        module.exports.add("a", exported);
        add_table(&mut module, vec![by_code, by_data, by_nobody]);
        add_data(&mut module, b"abcdefghi");
        let linked = Linked {
            functions: HashMap::from([
                in_function(
                    "exported",
                    &[(1, Target::Function(1)), (1002, Target::Data(1))],
                ),
                in_function("by_code", &[]),
                in_function("by_data", &[]),
                in_function("by_nobody", &[(1006, Target::Data(3))]),
            ]),
            data: [
                // Shares a byte with what is read.
                (0, piece(1000..1003, &[])),
                (1, piece(1002..1004, &[Target::Data(2)])),
                (2, piece(1004..1005, &[Target::Function(2)])),
                // Nobody knows what is at 1005.
                (3, piece(1006..1008, &[Target::Function(3)])),
            ]
            .into(),
        };
        clear(&mut module, &linked).unwrap();
        let table = table(&module).unwrap();
        assert_eq!([table[&1], table[&2]], [by_code, by_data]);
        assert_ne!(table[&3], by_nobody);
        let data = module.data.iter().next().unwrap();
        assert_eq!(data.value, b"\0\0cdef\0\0i");
    }

    #[test]
    fn what_has_a_public_name_stays() {
        let mut module = Module::default();
        add_data(&mut module, b"ab");
        let mut linked = Linked {
            data: [(0, piece(1000..1001, &[])), (1, piece(1001..1002, &[]))].into(),
            ..Linked::default()
        };
        linked.data.get_mut(&1).unwrap().is_public = true;
        clear(&mut module, &linked).unwrap();
        assert_eq!(module.data.iter().next().unwrap().value, b"\0b");
    }

    #[test]
    fn functions_that_have_been_renamed_or_added_are_known_too() {
        let mut module = Module::default();
        let renamed = function(&mut module, "exported", &[1, 2]);
        let (first, second) = (
            function(&mut module, "b", &[]),
            function(&mut module, "c", &[]),
        );
        add_table(&mut module, vec![first, second]);
        module.exports.add("a", renamed);
        let linked = Linked {
            functions: HashMap::from([
                in_function("exported_0123", &[(1, Target::Function(1))]),
                in_function("b", &[(2, Target::Function(2))]),
            ]),
            ..Linked::default()
        };
        let reached = Reached::from_exports(&module, &linked).unwrap();
        assert_eq!(reached.in_table, BTreeSet::from([1]));

        let added = function(&mut module, "added", &[2]);
        module.exports.add("d", added);
        let reached = Reached::from_exports(&module, &linked).unwrap();
        assert_eq!(reached.in_table, BTreeSet::from([1, 2]));
    }

    #[test]
    fn a_table_that_is_exported_is_refused() {
        let mut module = Module::default();
        let table = add_table(&mut module, vec![]);
        module.exports.add("a", table);
        let error = clear(&mut module, &Linked::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains("exports its table as a"), "{error}");
    }
}
