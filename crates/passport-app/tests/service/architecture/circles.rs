//! Files do not refer to each other in a circle: each can be read, and changed, after those below it.

use std::fs;

use super::{
    files::{Circle, Files},
    root,
};

fn source(file: &str) -> Option<String> {
    source_of("passport-app", file)
}

fn source_of(package: &str, file: &str) -> Option<String> {
    fs::read_to_string(root().join("crates").join(package).join(file)).ok()
}

#[test]
fn no_file_of_the_app_is_part_of_a_circle() {
    for (crate_root, at_least) in [("src/lib.rs", 80), ("examples/load/main.rs", 35)] {
        let files = Files::read(crate_root, &source);
        assert!(files.len() >= at_least, "{crate_root}: only {} files were read", files.len());
        let circles = files.circles();
        assert!(circles.is_empty(), "{}", shown(&circles));
    }
}

#[test]
fn no_file_of_the_use_cases_is_part_of_a_circle() {
    let files = Files::read("src/lib.rs", &|file| source_of("passport-auth", file));
    assert!(files.len() >= 30, "only {} files were read", files.len());
    let circles = files.circles();
    assert!(circles.is_empty(), "{}", shown(&circles));
}

fn shown(circles: &[Circle]) -> String {
    let lines = circles
        .iter()
        .flat_map(|it| ["circle:".to_owned()].into_iter().chain(it.references.clone()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_circle_introduced_into_the_app_is_found_and_named() {
    let with_circle = |file: &str| {
        let added =
            if file == "src/http/seconds.rs" { "use super::api::problem::Problem;" } else { "" };
        Some(format!("{}\n{added}", source(file)?))
    };
    let before = Files::read("src/lib.rs", &source).circles();
    let circles = Files::read("src/lib.rs", &with_circle).circles();
    let new: Vec<_> = circles.iter().filter(|circle| !before.contains(circle)).collect();
    assert_eq!(new.len(), 1, "{}", shown(&circles));
    let expected = ["src/http/api/problem.rs", "src/http/seconds.rs"];
    assert_eq!(new[0].files.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert_eq!(
        new[0].references,
        [
            "src/http/api/problem.rs -> src/http/seconds.rs: whole_seconds",
            "src/http/seconds.rs -> src/http/api/problem.rs: Problem",
        ]
    );
}

/// The files of a crate of three modules, `a`, `a::b` and `c`, with these texts.
fn small(lib: &str, a: &str, b: &str, c: &str) -> Files {
    let texts = [("lib.rs", lib), ("/a.rs", a), ("/a/b.rs", b), ("/c.rs", c)];
    Files::read("lib.rs", &|file| {
        let (_, text) = texts.iter().find(|(name, _)| *name == file)?;
        Some((*text).to_owned())
    })
}

const LIB: &str = "mod a; mod c;";

#[test]
fn each_way_to_name_an_item_is_a_reference() {
    for named in [
        "use crate::c::Item;",
        "use crate::{c::{Item, Other as Another}};",
        "use crate::c; fn f() { c::item() }",
        "use crate::c::{self as d}; fn f() { d::item() }",
        "use crate::c::*;",
        "fn f() -> crate::c::Item { todo() }",
        "fn f() { println!(\"{}\", crate::c::item()) }",
        "impl super::super::c::Trait for u8 {}",
        "mod inner { use super::super::super::c::Item; }",
    ] {
        let files = small(LIB, "mod b;", named, "");
        assert!(files.refers("/a/b.rs", "/c.rs"), "{named}");
        assert!(!files.refers("/c.rs", "/a/b.rs"), "{named}");
        assert!(files.circles().is_empty());
    }
}

#[test]
fn a_reexported_item_is_in_the_file_that_defines_it() {
    let files = small(LIB, "mod b; pub(crate) use b::Item;", "", "use crate::a::Item;");
    assert!(files.refers("/c.rs", "/a/b.rs"));
    assert!(!files.refers("/c.rs", "/a.rs") && !files.refers("/a.rs", "/a/b.rs"));
    let used = small(LIB, "mod b; pub(crate) use b::Item; fn f(_: Item) {}", "", "");
    assert!(used.refers("/a.rs", "/a/b.rs"), "the parent uses the item itself");
}

#[test]
fn parent_and_child_can_be_a_circle_too() {
    let files = small(LIB, "mod b; fn f() { b::g() } struct A;", "use super::A;", "");
    let circles = files.circles();
    assert_eq!(circles.len(), 1, "{circles:?}");
    assert!(circles[0].files.contains("/a.rs") && circles[0].files.contains("/a/b.rs"));
}

#[test]
fn circles_of_more_than_two_files_are_found_whole() {
    let files = small(LIB, "mod b; use b::B;", "use crate::c::C;", "use crate::a::A;");
    let circles = files.circles();
    assert_eq!(circles.len(), 1);
    assert_eq!(circles[0].files.len(), 3, "{circles:?}");
}

#[test]
fn code_for_tests_and_other_crates_are_no_references() {
    let a = "mod b; #[cfg(test)] mod tests { use crate::c::Item; }";
    let b = "#[cfg(test)] use crate::c::Item; use std::fmt; use c::Item; fn f() { a::b() }";
    let files = small(LIB, a, b, "");
    assert!(!files.refers("/a.rs", "/c.rs") && !files.refers("/a/b.rs", "/c.rs"));
}
