//! Texts name their subject: "the caller", not a pronoun for an unknown person.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::root;

/// Pronouns that stand for an unknown person, split so that this file is not counted.
const PRONOUNS: [&str; 4] = [
    concat!("no", "body"),
    concat!("who", "ever"),
    concat!("some", "body"),
    concat!("who ", "ever"),
];

/// Of a thousand lines, fewer than this may have a pronoun: a quotation may need one.
const MOST_OF_A_THOUSAND: usize = 3;

#[test]
fn comments_name_their_subject() {
    let comments = lines(|path| {
        let start = match extension(path) {
            "rs" | "js" => "//",
            "sql" | "lua" => "--",
            "toml" | "yml" | "sh" => "#",
            "" if path.ends_with("check") || path.ends_with("Dockerfile") => "#",
            _ => return None,
        };
        Some(start)
    });
    assert!(comments.len() > 5_000, "{} comment lines are too few", comments.len());
    assert_few_pronouns(&comments);
}

#[test]
fn documents_name_their_subject() {
    let documents = lines(|path| (extension(path) == "md").then_some(""));
    assert!(documents.len() > 1_500, "{} lines are too few", documents.len());
    assert_few_pronouns(&documents);
}

fn assert_few_pronouns(lines: &[(PathBuf, String)]) {
    let with: Vec<_> = lines.iter().filter(|(_, line)| has_pronoun(line)).collect();
    let shown: Vec<_> =
        with.iter().map(|(path, line)| format!("{}: {}", path.display(), line.trim())).collect();
    let (count, all) = (with.len(), lines.len());
    assert!(
        count * 1_000 < MOST_OF_A_THOUSAND * all,
        "{count} of {all} lines have a pronoun for an unknown person:\n{}",
        shown.join("\n")
    );
}

fn has_pronoun(line: &str) -> bool {
    let line = line.to_lowercase();
    let is_letter = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    PRONOUNS.iter().any(|pronoun| {
        line.match_indices(pronoun).any(|(at, _)| {
            let (before, behind) = (&line[..at], &line[at + pronoun.len()..]);
            !is_letter(before.chars().next_back()) && !is_letter(behind.chars().next())
        })
    })
}

#[test]
fn pronouns_are_whole_words() {
    let [first, ..] = PRONOUNS;
    assert!(has_pronoun(&format!("/// {}'s turn", first.to_uppercase())));
    assert!(!has_pronoun(&format!("x{first}")) && !has_pronoun(&format!("{first}_listens")));
}

/// Lines of the repository that begin with what `start` gives for their file, indentation aside.
fn lines(start: impl Fn(&Path) -> Option<&'static str>) -> Vec<(PathBuf, String)> {
    let mut lines = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !is_foreign(&path) {
                    folders.push(path);
                }
            } else if let Some(start) = start(&path) {
                let text = fs::read_to_string(&path).unwrap();
                let of_file = text.lines().filter(|line| line.trim_start().starts_with(start));
                lines.extend(of_file.map(|line| (path.clone(), line.to_owned())));
            }
        }
    }
    lines
}

/// Folders of build output, of git, and of files from elsewhere.
fn is_foreign(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("target") || name == ".git" || name == "fixtures" || name == "artefacts"
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}
