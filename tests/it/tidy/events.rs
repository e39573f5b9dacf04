//! The events of the log: what the server's code writes, and what the README lists.

use super::{File, lex::lex};
use std::collections::BTreeSet;

/// An event by its message and its level.
type Event = (String, String);

/// The head of the README's list.
const HEAD: &str = "| event | level |";

/// Events that are written and not listed, or listed and not written.
pub(super) fn differing(files: &[File]) -> Vec<String> {
    let of_server = |file: &&File| file.is_rust() && file.path.starts_with("server/src/");
    let written: BTreeSet<Event> =
        files.iter().filter(of_server).flat_map(|file| written(&file.text)).collect();
    let readme = files.iter().find(|file| file.path == "README.md");
    let listed: BTreeSet<Event> =
        readme.map_or_else(Vec::new, |file| listed(&file.text)).into_iter().collect();
    let missing = written.difference(&listed).map(|(message, level)| {
        format!("README.md does not list the event {message:?} of level {level}")
    });
    let stale = listed.difference(&written).map(|(message, level)| {
        format!("README.md lists {message:?} of level {level}, which nothing writes")
    });
    missing.chain(stale).collect()
}

/// What a file writes: the last string within each `tracing::level!(…)`.
fn written(text: &str) -> Vec<Event> {
    let lexed = lex(text);
    let mut events = Vec::new();
    for level in ["error", "warn", "info", "debug", "trace"] {
        let call = format!("tracing::{level}!(");
        for (start, _) in lexed.code.match_indices(&call) {
            let inside = start + call.len()..closing(&lexed.code, start + call.len());
            let mut strings = lexed.strings.iter().filter(|(place, _)| inside.contains(place));
            let message = strings.next_back().map_or_else(String::new, |(_, text)| text.clone());
            events.push((message, level.to_owned()));
        }
    }
    events
}

/// Where the bracket that was opened before `from` is closed.
fn closing(code: &str, from: usize) -> usize {
    let mut depth = 1;
    for (place, letter) in code[from..].char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return from + place;
        }
    }
    code.len()
}

/// What the README lists: an event for each level of each row.
fn listed(text: &str) -> Vec<Event> {
    let rows = text.lines().skip_while(|line| !line.starts_with(HEAD)).skip(2);
    let mut events = Vec::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let message = cells.next().unwrap_or_default().trim_matches('`');
        for level in cells.next().unwrap_or_default().split(", ") {
            events.push((message.to_owned(), level.to_owned()));
        }
    }
    events
}

#[test]
fn an_event_that_is_not_listed_and_one_that_is_not_written_are_seen() {
    let code =
        "fn f() { tracing::warn!(a = g(\"x\"), %b, \"it broke\"); tracing::info!(\"begun\") }";
    let readme =
        |rows: &str| File::new("README.md", &format!("{HEAD} do |\n|---|---|---|\n{rows}"));
    let server = || File::new("server/src/log.rs", code);
    let good = "| `it broke` | warn | look |\n| `begun` | info | |\n\n| `other` | warn | |";
    assert_eq!(differing(&[server(), readme(good)]).len(), 0);
    assert_eq!(differing(&[server(), readme("| `it broke` | warn, debug | |")]).len(), 2);
    assert_eq!(differing(&[server(), readme("| `it broke` | error | |")]).len(), 3);
    assert_eq!(differing(&[server()]).len(), 2);
    assert_eq!(differing(&[File::new("tests/a.rs", code), readme("")]).len(), 0);
}
