use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Attribute, Item, ItemMod, Macro, Path, UseTree, Visibility,
    visit::{self, Visit},
};

/// One module: a file, or a part of one.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) file: String,
    pub(super) children: BTreeSet<String>,
    /// Imported and re-exported names, with their paths as written.
    pub(super) names: BTreeMap<String, Vec<String>>,
    /// Paths that the code names, as written.
    pub(super) references: BTreeSet<Vec<String>>,
}

impl Module {
    /// `named`, as it is written in this module at `path`, from the root of the crate; `None` when it
    /// leads out of the crate.
    pub(super) fn absolute(&self, path: &[String], named: &[String]) -> Option<Vec<String>> {
        let (first, rest) = named.split_first()?;
        let mut absolute = path.to_vec();
        match first.as_str() {
            "crate" => absolute.clear(),
            "self" => {}
            "super" => {
                absolute.pop()?;
                let supers = rest.iter().take_while(|it| *it == "super").count();
                absolute.truncate(absolute.len().checked_sub(supers)?);
                absolute.extend_from_slice(&rest[supers..]);
                return Some(absolute);
            }
            name if self.children.contains(name) => absolute.push(first.clone()),
            // `use async_trait::async_trait;` imports from the crate of that name.
            name if self.names.get(name).is_some_and(|target| target[0] != name) => {
                absolute.push(first.clone());
            }
            _ => return None,
        }
        absolute.extend_from_slice(rest);
        Some(absolute)
    }
}

/// Loads the module in the file `root` and all below, each by its path from the root of the crate.
pub(super) fn load(
    root: &str,
    read: &dyn Fn(&str) -> Option<String>,
    modules: &mut BTreeMap<Vec<String>, Module>,
) {
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let text = read(root).unwrap_or_else(|| panic!("{root} is missing"));
    let mut loader = Loader { read, modules };
    loader.add(Vec::new(), root, folder, parse(root, &text));
}

struct Loader<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    modules: &'a mut BTreeMap<Vec<String>, Module>,
}

impl Loader<'_> {
    /// Adds a module of `items`. `folder` is where the files of its children lie.
    fn add(&mut self, path: Vec<String>, file: &str, folder: &str, items: Vec<Item>) {
        let mut names = Names::default();
        let mut children = BTreeSet::new();
        for item in items {
            match item {
                Item::Mod(child) if !is_for_tests(&child.attrs) => {
                    let name = child.ident.to_string();
                    let path = [&path[..], std::slice::from_ref(&name)].concat();
                    self.add_child(path, &format!("{folder}/{name}"), file, child);
                    children.insert(name);
                }
                item => names.visit_item(&item),
            }
        }
        let Names { names, references } = names;
        self.modules.insert(path, Module { file: file.to_owned(), children, names, references });
    }

    fn add_child(&mut self, path: Vec<String>, folder: &str, parent: &str, child: ItemMod) {
        if let Some((_, items)) = child.content {
            return self.add(path, parent, folder, items);
        }
        let candidates = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
        let found = candidates.iter().find_map(|file| Some((file, (self.read)(file)?)));
        let (file, text) = found.unwrap_or_else(|| panic!("{} is missing", candidates[0]));
        self.add(path, file, folder, parse(file, &text));
    }
}

fn parse(file: &str, text: &str) -> Vec<Item> {
    syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}")).items
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = attribute.meta.require_list().map(|list| list.tokens.to_string());
        attribute.path().is_ident("cfg") && condition.is_ok_and(|condition| condition == "test")
    })
}

/// Collects the names of a module.
#[derive(Default)]
struct Names {
    names: BTreeMap<String, Vec<String>>,
    references: BTreeSet<Vec<String>>,
}

impl Names {
    fn import(&mut self, prefix: &[String], tree: &UseTree, is_private: bool) {
        let with = |name: &dyn ToString| [prefix, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.import(&with(&path.ident), &path.tree, is_private),
            UseTree::Name(name) if name.ident == "self" => {
                let Some(alias) = prefix.last().cloned() else { return };
                self.add(alias, prefix.to_vec(), is_private);
            }
            UseTree::Name(name) => self.add(name.ident.to_string(), with(&name.ident), is_private),
            UseTree::Rename(it) => self.add(it.rename.to_string(), with(&it.ident), is_private),
            UseTree::Glob(_) => drop(self.references.insert(with(&"*"))),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(prefix, tree, is_private);
                }
            }
        }
    }

    fn add(&mut self, alias: String, path: Vec<String>, is_private: bool) {
        if is_private {
            self.references.insert(path.clone());
        }
        self.names.insert(alias, path);
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Use(item) if !is_for_tests(&item.attrs) => {
                self.import(&[], &item.tree, matches!(item.vis, Visibility::Inherited));
            }
            Item::Mod(item) if is_for_tests(&item.attrs) => {}
            item => visit::visit_item(self, item),
        }
    }

    /// `pub(super)` names a module and needs nothing of it.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string());
        self.references.insert(segments.collect());
        visit::visit_path(self, path);
    }

    /// Macros are not expanded; paths are taken from their tokens.
    fn visit_macro(&mut self, it: &'ast Macro) {
        let tokens = it.tokens.to_string().replace(" :: ", "::");
        let is_path = |character: char| character.is_alphanumeric() || "_:".contains(character);
        for word in tokens.split(|character| !is_path(character)) {
            let segments = word.trim_matches(':').split("::").map(ToOwned::to_owned);
            self.references.insert(segments.collect());
        }
        visit::visit_macro(self, it);
    }
}
