//! `relsync completions`: scripts that shells take, and that know every command.

use crate::support::Home;
use std::process::Command;

#[test]
fn every_shells_script_knows_every_command() {
    let home = Home::new();
    let commands = home.commands();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(&["completions", shell]).expect(0).stdout;
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell} does not know {command}");
        }
    }
    insta::assert_snapshot!("unknown_shell", home.run(&["completions", "tcsh"]).expect(1));
}

#[test]
fn bash_completes_with_it() {
    let home = Home::new();
    home.write("relsync.bash", &home.run(&["completions", "bash"]).expect(0).stdout);
    let complete = |words: &str, at: usize| {
        let script = format!(
            "source relsync.bash; COMP_WORDS=({words}); COMP_CWORD={at}; _relsync relsync \"${{COMP_WORDS[{at}]}}\" x; \
             echo ${{COMPREPLY[@]}}"
        );
        let output = Command::new("bash").args(["--norc", "-c", &script]).current_dir(home.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(complete("relsync ap", 1), "apply");
    assert_eq!(complete("relsync plan --det", 2), "--detailed-exitcode");
    assert_eq!(complete("relsync sandbox re", 2), "reset");
}
