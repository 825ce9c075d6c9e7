//! What the linker knows of the core: which constants in its code and which bytes of its data are addresses, and of what.
//!
//! In the linked module they are mere numbers. Asked by `--emit-relocs` the linker leaves the list of the places where it has
//! put one, in custom sections named `linking` and `reloc.`:
//! <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{
    BinaryReader, Data, DataKind, KnownCustom, Linking, Name, Operator, Parser, Payload,
    RelocationEntry, RelocationType, SymbolFlags, SymbolInfo, TypeRef,
};

/// The custom sections that tell it.
pub(crate) const SECTIONS: [&str; 3] = ["linking", CODE, DATA];
const CODE: &str = "reloc.CODE";
const DATA: &str = "reloc.DATA";

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A function, by its place in the table.
    Function(u32),
    /// A piece of the data, by its number.
    Data(u32),
}

/// A piece of the data that the linker has put there as a whole. Some overlap, for it merges texts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it is in the memory.
    pub(crate) place: Range<u32>,
    /// What the addresses in it lead to.
    pub(crate) targets: BTreeSet<Target>,
    /// Whether it has a name that other modules can ask for.
    pub(crate) is_public: bool,
}

/// The constants of a function that are addresses, and what they lead to.
pub(crate) type Addresses = BTreeMap<i64, BTreeSet<Target>>;

/// What the linker knows.
#[derive(Debug, Default)]
pub(crate) struct Linked {
    /// By the name of the function in the name section. Those of one name are taken together.
    pub(crate) functions: HashMap<String, Addresses>,
    /// By the number of the piece.
    pub(crate) data: BTreeMap<u32, Piece>,
}

impl Linked {
    /// Reads it from the module as the linker has written it.
    pub(crate) fn read(module: &[u8]) -> Result<Self> {
        let sections = Sections::read(module)?;
        ensure!(
            !sections.symbols.is_empty() && !sections.in_code.is_empty(),
            "the linked core lacks the sections `linking` and `reloc.CODE`: the linker no longer writes them when given \
             --emit-relocs, find out what it needs"
        );
        let mut linked = Self {
            functions: HashMap::new(),
            data: sections.pieces()?,
        };
        for (name, _) in &sections.bodies {
            linked.functions.entry((*name).to_owned()).or_default();
        }
        for relocation in &sections.in_code {
            let at = sections.code + relocation.offset as usize;
            if let Some((address, target)) = sections.resolve(relocation, at, &linked.data)? {
                let next = sections.bodies.partition_point(|(_, body)| body.end <= at);
                let (name, _) = sections
                    .bodies
                    .get(next)
                    .context("code after all functions")?;
                let addresses = linked.functions.entry((*name).to_owned()).or_default();
                addresses.entry(address).or_default().insert(target);
            }
        }
        for relocation in &sections.in_data {
            let at = sections.data + relocation.offset as usize;
            if let Some((_, target)) = sections.resolve(relocation, at, &linked.data)? {
                let segment = sections
                    .segments
                    .iter()
                    .find(|(_, bytes)| bytes.contains(&at));
                let (start, bytes) = segment.context("data after all segments")?;
                let place = start + u32::try_from(at - bytes.start)?;
                let mut holders = 0;
                for piece in linked.data.values_mut() {
                    if piece.place.contains(&place) {
                        piece.targets.insert(target);
                        holders += 1;
                    }
                }
                ensure!(
                    holders > 0,
                    "the address at {place} is in no piece of the data"
                );
            }
        }
        Ok(linked)
    }
}

/// The sections of a linked module that tell it.
#[derive(Default)]
struct Sections<'a> {
    module: &'a [u8],
    /// Where the contents of the code section start in the module; offsets of addresses in the code count from there.
    code: usize,
    /// The same for the data section.
    data: usize,
    /// The functions that have a body, in order: the name, and where the body is in the module.
    bodies: Vec<(&'a str, Range<usize>)>,
    /// Where each segment of the data is in the memory, and where in the module.
    segments: Vec<(u32, Range<usize>)>,
    /// The functions' names, by their index.
    names: HashMap<u32, &'a str>,
    symbols: Vec<SymbolInfo<'a>>,
    in_code: Vec<RelocationEntry>,
    in_data: Vec<RelocationEntry>,
}

impl<'a> Sections<'a> {
    fn read(module: &'a [u8]) -> Result<Self> {
        let mut sections = Self {
            module,
            ..Self::default()
        };
        let mut imported = 0;
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => sections.code = range.start,
                Payload::CodeSectionEntry(body) => bodies.push(body.range()),
                Payload::DataSection(segments) => {
                    sections.data = segments.range().start;
                    for segment in segments {
                        sections.segments.push(place(&segment?)?);
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(names) => {
                        for name in names {
                            if let Name::Function(names) = name? {
                                for name in names {
                                    let name = name?;
                                    sections.names.insert(name.index, name.name);
                                }
                            }
                        }
                    }
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            if let Linking::SymbolTable(symbols) = part? {
                                sections.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                            }
                        }
                    }
                    KnownCustom::Reloc(relocations) => {
                        let list = match section.name() {
                            CODE => &mut sections.in_code,
                            DATA => &mut sections.in_data,
                            other => {
                                bail!("the linked core has a section {other}, which nobody reads")
                            }
                        };
                        *list = relocations
                            .entries()
                            .into_iter()
                            .collect::<Result<_, _>>()?;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        for (index, body) in (imported..).zip(bodies) {
            sections.bodies.push((sections.name(index)?, body));
        }
        Ok(sections)
    }

    fn name(&self, function: u32) -> Result<&'a str> {
        let name = self.names.get(&function);
        name.copied().with_context(|| {
            format!(
                "function {function} of the linked core has no name: the profile must not strip them, which needs \
                 `strip = \"debuginfo\"` in Cargo.toml"
            )
        })
    }

    /// The symbols that stand for data.
    fn pieces(&self) -> Result<BTreeMap<u32, Piece>> {
        let mut pieces = BTreeMap::new();
        for (number, symbol) in (0..).zip(&self.symbols) {
            if let SymbolInfo::Data {
                flags,
                name,
                symbol,
            } = symbol
            {
                let symbol =
                    symbol.with_context(|| format!("{name} is nowhere in the linked core"))?;
                let segment = self.segments.get(symbol.index as usize);
                let (start, _) = segment.with_context(|| format!("{name} has no segment"))?;
                let place = start + symbol.offset;
                let piece = Piece {
                    place: place..place + symbol.size,
                    targets: BTreeSet::new(),
                    is_public: !flags.contains(SymbolFlags::BINDING_LOCAL),
                };
                pieces.insert(number, piece);
            }
        }
        Ok(pieces)
    }

    /// The address that the linker has put there, and what it leads to, if it is one that the module itself does not tell.
    fn resolve(
        &self,
        relocation: &RelocationEntry,
        at: usize,
        pieces: &BTreeMap<u32, Piece>,
    ) -> Result<Option<(i64, Target)>> {
        use RelocationType as Kind;

        let bytes = self
            .module
            .get(at..)
            .context("an address after the module")?;
        let mut reader = BinaryReader::new(bytes, at);
        let address = match relocation.ty {
            Kind::FunctionIndexLeb
            | Kind::TypeIndexLeb
            | Kind::GlobalIndexLeb
            | Kind::TableNumberLeb => return Ok(None),
            Kind::TableIndexSleb | Kind::MemoryAddrSleb => i64::from(reader.read_var_i32()?),
            Kind::MemoryAddrLeb => i64::from(reader.read_var_u32()?),
            Kind::TableIndexI32 | Kind::MemoryAddrI32 => i64::from(reader.read_u32()?),
            kind => bail!(
                "the linked core has addresses of the kind {kind:?}: the toolchain has changed, {} must follow",
                file!()
            ),
        };
        let target = match self.symbols.get(relocation.index as usize) {
            Some(SymbolInfo::Func { .. }) => Target::Function(u32::try_from(address)?),
            Some(SymbolInfo::Data { name, .. }) => {
                let piece = &pieces[&relocation.index];
                ensure!(
                    address == i64::from(piece.place.start) + relocation.addend,
                    "{address} is not the address of {name}: what the linker has left is not of this module"
                );
                Target::Data(relocation.index)
            }
            other => bail!("an address of {other:?}, which is neither a function nor data"),
        };
        Ok(Some((address, target)))
    }
}

/// Where a segment is in the memory, and where in the module.
fn place(segment: &Data<'_>) -> Result<(u32, Range<usize>)> {
    let DataKind::Active { offset_expr, .. } = &segment.kind else {
        bail!("a segment of the linked core's data has no place in the memory");
    };
    let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
        bail!("the place of a segment of the linked core's data is not a constant");
    };
    let end = segment.range.end;
    Ok((value.cast_unsigned(), end - segment.data.len()..end))
}

#[cfg(test)]
mod tests {
    use walrus::ir::Value;
    use walrus::{ConstExpr, DataKind, FunctionBuilder, Module};

    use super::*;

    const ADDRESS: i32 = 1002;
    /// How the code has it.
    const CONSTANT: [u8; 3] = [0x41, 0xea, 0x07];

    /// A function that takes an address and drops it; and data from 1000 on that begin with a place in the table.
    fn module(name: &str) -> Vec<u8> {
        let mut module = Module::default();
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
        builder.func_body().i32_const(ADDRESS).drop();
        builder.name(name.to_owned());
        let function = builder.finish(vec![], &mut module.funcs);
        module.exports.add("a", function);
        let kind = DataKind::Active {
            memory: module.memories.add_local(false, false, 1, None, None),
            offset: ConstExpr::Value(Value::I32(1000)),
        };
        module.data.add(kind, vec![7, 0, 0, 0, 0, 0]);
        module.emit_wasm()
    }

    /// Adds what the linker leaves: that the data consist of four bytes and the last four, which are public; and that the
    /// constant is an address of this kind, so far after the start of the first four.
    fn with_sections(mut module: Vec<u8>, kind: RelocationType, distance: u8) -> Vec<u8> {
        let sections = Sections::read(&module).unwrap();
        let mut windows = module.windows(CONSTANT.len());
        let constant = windows.position(|bytes| bytes == CONSTANT).unwrap() + 1 - sections.code;
        let data = sections.segments[0].1.start - sections.data;
        let [constant, data] = [constant, data].map(|offset| u8::try_from(offset).unwrap());

        let function = [0, 0, 0, 1, b'f'];
        let first = [1, 2, 1, b'a', 0, 0, 4];
        let last = [1, 0, 1, b'b', 0, 2, 4];
        let symbols = [&[3], &function[..], &first, &last].concat();
        let size = u8::try_from(symbols.len()).unwrap();
        let in_code = [1, 1, kind as u8, constant, 1, distance];
        let in_data = [1, 1, RelocationType::TableIndexI32 as u8, data, 0];
        for (name, contents) in [
            ("linking", [&[2, 8, size][..], &symbols].concat()),
            (CODE, in_code.to_vec()),
            (DATA, in_data.to_vec()),
        ] {
            let named = [
                &[u8::try_from(name.len()).unwrap()],
                name.as_bytes(),
                &contents,
            ]
            .concat();
            module.extend([0, u8::try_from(named.len()).unwrap()]);
            module.extend(named);
        }
        module
    }

    #[test]
    fn addresses_are_told_from_numbers() {
        let module = with_sections(module("f"), RelocationType::MemoryAddrSleb, 2);
        let linked = Linked::read(&module).unwrap();
        let addresses = Addresses::from([(ADDRESS.into(), BTreeSet::from([Target::Data(1)]))]);
        assert_eq!(
            linked.functions,
            HashMap::from([("f".to_owned(), addresses)])
        );
        let first = Piece {
            place: 1000..1004,
            targets: BTreeSet::from([Target::Function(7)]),
            is_public: false,
        };
        let last = Piece {
            place: 1002..1006,
            targets: BTreeSet::new(),
            is_public: true,
        };
        assert_eq!(linked.data, BTreeMap::from([(1, first), (2, last)]));
    }

    #[test]
    fn a_module_without_what_the_linker_knows_is_refused() {
        let error = Linked::read(&module("f")).unwrap_err().to_string();
        assert!(error.contains("given --emit-relocs"), "{error}");
    }

    #[test]
    fn sections_of_another_module_are_refused() {
        let module = with_sections(module("f"), RelocationType::MemoryAddrSleb, 1);
        let error = Linked::read(&module).unwrap_err().to_string();
        assert!(error.contains("1002 is not the address of a"), "{error}");
    }

    #[test]
    fn unknown_kinds_of_addresses_are_refused() {
        let module = with_sections(module("f"), RelocationType::MemoryAddrRelSleb, 2);
        let error = Linked::read(&module).unwrap_err().to_string();
        assert!(error.contains("of the kind MemoryAddrRelSleb"), "{error}");
    }
}
