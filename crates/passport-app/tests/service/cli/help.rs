use super::Folder;

#[test]
fn help_names_every_command_and_has_examples() {
    let folder = Folder::new();
    let help = folder.run("--help").good();
    for word in ["serve", "migrate", "config", "sms", "--config <FILE>", "Examples:", "PASSPORT__"]
    {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert_eq!(folder.run("help").good(), help);
    assert!(folder.names().is_empty(), "help creates no file");
}

#[test]
fn every_command_has_examples() {
    let folder = Folder::new();
    let sms = ["sms", "sms test", "sms status", "sms lint"];
    for command in
        ["serve", "migrate", "config", "config check", "config show"].into_iter().chain(sms)
    {
        let help = folder.run(&format!("{command} --help")).good();
        let (_, examples) = help.split_once("Examples:\n").expect(command);
        assert!(examples.contains(&format!("passport {command}")), "{help}");
        assert!(help.contains("--config <FILE>"), "{help}");
    }
    for command in ["migrate", "config check", "config show", "sms test", "sms status", "sms lint"]
    {
        assert!(folder.run(&format!("{command} --help")).out.contains("--json"), "{command}");
    }
}

#[test]
fn the_commands_in_the_examples_work() {
    let folder = Folder::with_settings("");
    for command in ["help", "config check --json", "config show --json", "migrate --dry-run"] {
        folder.run(command).good();
    }
    folder.run("config check --config passport.toml").good();
    folder.run("--config passport.toml config check").good();
}

#[test]
fn a_usage_error_exits_with_2() {
    let folder = Folder::new();
    for command in ["nonsense", "--nonsense", "config", "config nonsense", "serve now", "--config"]
    {
        let said = folder.run(command);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{command}: {said:?}");
        assert!(said.err.contains("--help"), "{command}: {said:?}");
    }
    assert!(folder.run("migrat").err.contains("'migrate'"), "a similar command is suggested");
}
