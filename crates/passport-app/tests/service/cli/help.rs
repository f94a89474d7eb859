use super::Folder;

#[test]
fn help_names_every_command_and_has_examples() {
    let folder = Folder::new();
    let help = folder.run("--help").good();
    for word in [
        "serve",
        "migrate",
        "config",
        "sms",
        "user",
        "audit",
        "admin",
        "completions",
        "man",
        "--config <FILE>",
        "Examples:",
        "PASSPORT__",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert_eq!(folder.run("help").good(), help);
    assert!(folder.names().is_empty(), "help creates no file");
}

#[test]
fn every_command_has_examples() {
    let folder = Folder::new();
    let sms = ["sms", "sms test", "sms status", "sms lint"];
    let own = [
        "serve",
        "migrate",
        "config",
        "config check",
        "config show",
        "completions",
        "man",
        "openapi",
    ];
    for command in
        own.into_iter().chain(sms).chain(OPERATORS).chain(["user", "admin", "admin token"])
    {
        let help = folder.run(&format!("{command} --help")).good();
        let (_, examples) = help.split_once("Examples:\n").expect(command);
        assert!(examples.contains(&format!("passport {command}")), "{help}");
        assert!(help.contains("--config <FILE>"), "{help}");
    }
    let own = ["migrate", "config check", "config show", "sms test", "sms status", "sms lint"];
    for command in own.into_iter().chain(OPERATORS) {
        assert!(folder.run(&format!("{command} --help")).out.contains("--json"), "{command}");
    }
}

/// The commands of operators.
const OPERATORS: [&str; 16] = [
    "user list",
    "user show",
    "user disable",
    "user enable",
    "user restore",
    "user delete",
    "user sessions",
    "user revoke",
    "user reset",
    "user unlock",
    "user export",
    "audit",
    "audit purge",
    "admin token add",
    "admin token list",
    "admin token remove",
];

/// A command that is not in the list has no test of its help.
#[test]
fn every_command_of_operators_is_known() {
    let folder = Folder::new();
    for group in ["user", "admin token"] {
        let help = folder.run(&format!("{group} --help")).good();
        let (_, commands) = help.split_once("Commands:\n").unwrap();
        let commands = commands.split("\n\n").next().unwrap().lines();
        let names: Vec<_> = commands.filter_map(|line| line.split_whitespace().next()).collect();
        let known: Vec<_> =
            OPERATORS.iter().filter_map(|it| it.strip_prefix(group)?.strip_prefix(' ')).collect();
        assert_eq!(names[..names.len() - 1], known, "{help}");
    }
}

/// What changes something says who and why; what is destructive can be confirmed beforehand.
#[test]
fn commands_of_operators_have_their_options() {
    let folder = Folder::new();
    for command in OPERATORS {
        let help = folder.run(&format!("{command} --help")).good();
        let only_reads =
            ["user list", "user sessions", "audit", "admin token list"].contains(&command);
        for option in ["--as <NAME>", "--reason <TEXT>"] {
            assert_eq!(help.contains(option), !only_reads, "{command}: {help}");
        }
        let asks = ["disable", "delete", "revoke", "reset", "purge", "remove"];
        let asks = asks.iter().any(|verb| command.ends_with(verb));
        assert_eq!(help.contains("--yes"), asks, "{command}: {help}");
        assert!(!help.to_lowercase().contains("--password"), "{command}: {help}");
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
