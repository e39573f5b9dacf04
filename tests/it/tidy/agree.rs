//! Rules on what must say the same in several places: kinds, the README's map, the top level.

use super::File;

/// Vectors that belong to the protocol and to no kind.
const NOT_KINDS: [&str; 4] = ["client_frames", "counts", "digests", "server_frames"];

/// What may stand at the top; dot-files and what `.gitignore` names beside it.
const TOP: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "config",
    "mobile-bridge",
    "server",
    "shared",
    "tests",
];
const MADE_AT_THE_TOP: [&str; 2] = ["roost-data", "target"];

/// Every kind has its rules, its vector and its folder in the web app; nothing has two of them
/// only.
pub(super) fn kinds(files: &[File]) -> Vec<String> {
    let names = |before: &str, after: &str| {
        let inner = files.iter().filter_map(|file| file.path.strip_prefix(before));
        let mut names: Vec<String> = inner
            .filter_map(|path| match after {
                "/" => path.split_once('/').map(|(folder, _)| folder.to_owned()),
                end => path.strip_suffix(end).map(str::to_owned),
            })
            .filter(|name| name != "mod" && !NOT_KINDS.contains(&name.as_str()))
            .collect();
        names.sort();
        names.dedup();
        names
    };
    let rules = names("shared/src/kind/", ".rs");
    let others = [
        ("shared/vectors/", names("shared/vectors/", ".json")),
        ("mobile-bridge/web/src/kind/", names("mobile-bridge/web/src/kind/", "/")),
    ];
    let differs = others.iter().filter(|(_, found)| *found != rules);
    differs.map(|(place, found)| format!("kinds are {rules:?}, {place} has {found:?}")).collect()
}

/// Modules of the three packages and the harness whose file the README does not name. A module is
/// named by its path below `src`, a `mod.rs` by its folder.
pub(super) fn unmapped(files: &[File]) -> Vec<String> {
    let readme = files.iter().find(|file| file.path == "README.md");
    let map = readme.map_or("", |file| file.text.as_str());
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some((package, module)) = file.path.split_once("/src/") else { continue };
        if module.ends_with("tests.rs") || module.contains("/tests/") {
            continue;
        }
        let name = module.strip_suffix("mod.rs").unwrap_or(module);
        if !map.contains(name) {
            complaints.push(format!("README.md does not say what {package}/src/{name} is for"));
        }
    }
    complaints
}

/// Variables that some program here reads and the server would refuse, for all three languages.
/// Settings are read by the server alone, which knows them.
pub(super) fn unknown_variables(files: &[File], known: &[&str]) -> Vec<String> {
    let reads =
        ["var(\"", "var_os(\"", "process.env.", "process.env[\"", "environ.get(\"", "export "];
    let mut complaints = Vec::new();
    for File { path, text } in files {
        for (place, _) in text.match_indices("ROOST_") {
            let name = text[place..].split(|c: char| !c.is_ascii_uppercase() && c != '_').next();
            let name = name.unwrap_or_default();
            let is_read = reads.iter().any(|read| text[..place].ends_with(read));
            if is_read && !known.contains(&name) {
                complaints.push(format!("{path} reads {name}, which stops the server's start"));
            }
        }
    }
    complaints
}

pub(super) fn strangers(names: &[String]) -> Vec<String> {
    let known = |name: &&String| {
        name.starts_with('.') || TOP.contains(&name.as_str()) || name.as_str() == "CHANGELOG.md"
    };
    let made = |name: &&String| MADE_AT_THE_TOP.contains(&name.as_str());
    let strange = names.iter().filter(|name| !known(name) && !made(name));
    strange.map(|name| format!("{name} does not belong at the top")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_without_its_vector_or_its_folder_is_seen() {
        let paths = |paths: &[&str]| -> Vec<File> {
            let common = ["shared/src/kind/mod.rs", "shared/vectors/digests.json"];
            paths.iter().chain(&common).map(|path| File::new(path, "")).collect()
        };
        let rules = "shared/src/kind/poll.rs";
        let vector = "shared/vectors/poll.json";
        let web = "mobile-bridge/web/src/kind/poll/view.tsx";
        assert_eq!(kinds(&paths(&[rules, vector, web])).len(), 0);
        assert_eq!(kinds(&paths(&[rules, web])).len(), 1);
        assert_eq!(kinds(&paths(&[rules, vector])).len(), 1);
        assert_eq!(kinds(&paths(&[vector, web])).len(), 2);
    }

    #[test]
    fn an_unmapped_module_is_seen() {
        let readme = File::new("README.md", "| `log.rs` | the heart |\n| `bus/` | wakes |");
        let module = |path| File::new(path, "");
        let files = [readme, module("server/src/log.rs"), module("server/src/bus/mod.rs")];
        assert_eq!(unmapped(&files).len(), 0);
        assert_eq!(unmapped(&files[1..]).len(), 2);
        let stranger = [module("server/src/feed.rs"), module("tests/it/main.rs")];
        assert_eq!(unmapped(&stranger).len(), 1);
    }

    #[test]
    fn an_unknown_variable_is_seen() {
        // Written with another word, so that this file does not find itself.
        let file = |path, text: &str| File::new(path, &text.replace("NEST", "ROOST"));
        let files = [
            file("a.rs", "let a = env::var(\"NEST_ONE\"); let b = \"NEST_THREE\";"),
            file("b.mjs", "process.env.NEST_TWO ?? process.env[\"NEST_ONE\"]"),
            file("run", "export NEST_ONE=1"),
        ];
        assert_eq!(unknown_variables(&files, &["ROOST_ONE", "ROOST_TWO"]).len(), 0);
        assert_eq!(unknown_variables(&files, &["ROOST_TWO"]).len(), 3);
        assert_eq!(unknown_variables(&files, &["ROOST_ONE"]).len(), 1);
    }

    #[test]
    fn a_stranger_at_the_top_is_seen() {
        let names = ["server", ".gitignore", "target", "notes.txt"].map(str::to_owned);
        assert_eq!(strangers(&names), ["notes.txt does not belong at the top"]);
    }
}
