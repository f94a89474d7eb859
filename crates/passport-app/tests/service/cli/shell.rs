//! Completions and manual pages: read by the programs that they are for.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use super::Folder;

/// What bash offers for the last of `words`.
fn offered(script: &str, words: &str) -> Vec<String> {
    let ask = format!(
        "{script}\nCOMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
         last=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}\n\
         _passport passport \"$last\" \"$before\"\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let output = Command::new("bash").args(["--norc", "-c", &ask]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && error.is_empty(), "{error}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let script = Folder::new().run("completions bash").good();
    assert_eq!(offered(&script, "passport us"), ["user"]);
    assert_eq!(offered(&script, "passport user dis"), ["disable"]);
    assert_eq!(offered(&script, "passport user disable --rea"), ["--reason"]);
    assert_eq!(offered(&script, "passport completions z"), ["zsh"]);
    let all = offered(&script, "passport ''");
    for command in ["serve", "migrate", "config", "sms", "audit", "admin", "man"] {
        assert!(all.iter().any(|it| it == command), "{command}: {all:?}");
    }
}

#[test]
fn every_shell_has_completions() {
    let folder = Folder::new();
    for (shell, word) in [
        ("bash", "complete -F _passport"),
        ("zsh", "#compdef passport"),
        ("fish", "complete -c passport"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[passport]"),
    ] {
        let script = folder.run(&format!("completions {shell}")).good();
        assert!(script.contains(word) && script.contains("disable"), "{shell}: {script}");
    }
    let unknown = folder.run("completions csh");
    assert!(unknown.status == 2 && unknown.err.contains("[possible values: bash"), "{unknown:?}");
    assert!(folder.names().is_empty(), "no settings are read, and no file is made");
}

#[test]
fn a_page_is_written_for_every_command() {
    let folder = Folder::new();
    assert_eq!(folder.run("man --dir pages").faults().len(), 1, "the folder must exist");
    fs::create_dir(folder.path("pages")).unwrap();
    folder.run("man --dir pages").good();
    let pages = folder.path("pages");
    let page = |name: &str| fs::read_to_string(pages.join(format!("{name}.1"))).expect(name);
    assert!(page("passport-user-disable").contains("passport user disable 13800138000"));
    for name in ["passport", "passport-config-check", "passport-audit-purge", "passport-man"] {
        assert!(page(name).contains(".SH SYNOPSIS"), "{name}");
    }
    assert_eq!(folder.run("man").good().trim_end(), page("passport").trim_end());
}

#[test]
#[ignore = "needs mandoc"]
fn mandoc_reads_every_page_without_a_warning() {
    let folder = Folder::new();
    fs::create_dir(folder.path("pages")).unwrap();
    folder.run("man --dir pages").good();
    let mut pages = 0;
    for page in fs::read_dir(folder.path("pages")).unwrap() {
        let path = page.unwrap().path();
        let lint = Command::new("mandoc").args(["-T", "lint", "-W", "warning"]).arg(&path).output();
        let lint = lint.expect("mandoc runs");
        let said = String::from_utf8_lossy(&lint.stdout);
        assert!(lint.status.success() && said.is_empty(), "{}: {said}", path.display());
        pages += 1;
    }
    assert!(pages > 30, "{pages} pages");
    let mut show = Command::new("mandoc");
    let show = show.args(["-T", "utf8"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut show = show.spawn().unwrap();
    let page = folder.run("man").good();
    show.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let shown = String::from_utf8(show.wait_with_output().unwrap().stdout).unwrap();
    let line = "passport config check                          list all errors in the settings\n";
    assert!(shown.contains(line), "lines stay as they are: {shown}");
}
