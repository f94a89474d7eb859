//! Which file of a crate refers to which, read from its sources.

mod module;

use std::collections::{BTreeMap, BTreeSet};

use module::Module;

/// Per file, the files that it refers to, and the items that it names there.
#[derive(Debug, Default)]
pub(super) struct Files(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

/// Files that all refer to each other, directly or through the others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Circle {
    pub(super) files: BTreeSet<String>,
    /// One line per reference between them.
    pub(super) references: Vec<String>,
}

impl Files {
    /// Reads the module tree below the file `root`, such as `src/lib.rs`. `read` returns the text of a
    /// file, if there is one. Code for tests is left out.
    ///
    /// A file refers to another when it names an item that is defined there, also through a re-export.
    /// A re-export by itself is no reference, because it needs nothing of the item.
    pub(super) fn read(root: &str, read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut modules = BTreeMap::new();
        module::load(root, read, &mut modules);
        let mut files = Self::default();
        for (path, module) in &modules {
            let references = files.0.entry(module.file.clone()).or_default();
            for named in &module.references {
                let Some(named) = module.absolute(path, named) else { continue };
                let Some((file, item)) = definition(&modules, &named) else { continue };
                if *file != module.file {
                    references.entry(file.clone()).or_default().insert(item);
                }
            }
        }
        files
    }

    /// Number of files.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether `from` refers to `to`.
    pub(super) fn refers(&self, from: &str, to: &str) -> bool {
        self.0.get(from).is_some_and(|references| references.contains_key(to))
    }

    /// All circles, each with as many files as possible.
    pub(super) fn circles(&self) -> Vec<Circle> {
        let reach: BTreeMap<_, _> =
            self.0.keys().map(|file| (file, self.reachable(file))).collect();
        let mut circles: Vec<Circle> = Vec::new();
        for (&file, reachable) in &reach {
            if !reachable.contains(file) || circles.iter().any(|it| it.files.contains(file)) {
                continue;
            }
            let is_mutual =
                |it: &&String| reach.get(*it).is_some_and(|reachable| reachable.contains(file));
            let files: BTreeSet<_> = reachable.iter().filter(is_mutual).cloned().collect();
            circles.push(Circle { references: self.references_within(&files), files });
        }
        circles
    }

    /// The files that `file` refers to, directly or through others.
    fn reachable(&self, file: &str) -> BTreeSet<String> {
        let mut reachable = BTreeSet::new();
        let mut open = vec![file.to_owned()];
        while let Some(next) = open.pop() {
            for to in self.0.get(&next).into_iter().flat_map(BTreeMap::keys) {
                if reachable.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        reachable
    }

    fn references_within(&self, files: &BTreeSet<String>) -> Vec<String> {
        let mut lines = Vec::new();
        for from in files {
            for (to, named) in self.0.get(from).into_iter().flatten() {
                if files.contains(to) {
                    let named: Vec<_> = named.iter().map(String::as_str).collect();
                    lines.push(format!("{from} -> {to}: {}", named.join(", ")));
                }
            }
        }
        lines
    }
}

/// The file that defines the item of the absolute path `named`, and the name of the item there; `None`
/// when the path leads out of the crate, or names a module: only its items are used.
fn definition<'a>(
    modules: &'a BTreeMap<Vec<String>, Module>,
    named: &[String],
) -> Option<(&'a String, String)> {
    let mut path = Vec::new();
    for (at, segment) in named.iter().enumerate() {
        let module = &modules[&path];
        if module.children.contains(segment) {
            path.push(segment.clone());
        } else if let Some(target) = module.names.get(segment) {
            let mut target = module.absolute(&path, target)?;
            target.extend_from_slice(&named[at + 1..]);
            return definition(modules, &target);
        } else {
            return Some((&module.file, segment.clone()));
        }
    }
    None
}
