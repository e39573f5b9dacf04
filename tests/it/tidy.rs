//! The rules of the house that no compiler knows, each a pure function over the text of its files.
//! A rule that cannot fail is no rule: each has, beside it, a test that shows it failing.

mod agree;
mod code;
mod events;
mod lex;
mod sql;

use roost_server::config;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file of the workspace, by its path from the top.
pub(crate) struct File {
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

/// What is written by people and read by people; pictures and lock files are not.
const READ: [&str; 12] =
    ["rs", "ts", "tsx", "mjs", "py", "sh", "sql", "md", "toml", "css", "html", "json"];

/// Folders that are made, not written.
const MADE: [&str; 8] = [
    "target",
    "node_modules",
    "dist",
    "generated",
    "screenshots",
    "roost-data",
    "__pycache__",
    "proptest-regressions",
];

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file that was written, in the order of their paths.
fn house() -> Vec<File> {
    let (top, mut files) = (top(), Vec::new());
    gather(&top, &top, &mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(files.len() > 40, "the workspace is not where it should be");
    files
}

fn gather(top: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with('.') || MADE.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            gather(top, &path, files);
        } else if name == "run" || READ.iter().any(|end| name.ends_with(&format!(".{end}"))) {
            let inside = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            // Another session may take a file away while this one looks.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            files.push(File { path: inside, text });
        }
    }
}

/// Fails with every complaint, so that one run shows all there is to do.
fn clean(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn every_technology_is_caged() {
    clean(&code::uncaged(&house()));
    clean(&code::scattered(&house(), "jsonwebtoken"));
}

#[test]
fn only_the_clock_reads_the_time() {
    clean(&code::clocks(&house()));
}

#[test]
fn files_and_lines_are_short() {
    clean(&code::sizes(&house()));
}

#[test]
fn files_say_what_they_are_for() {
    clean(&code::silent(&house()));
}

#[test]
fn comments_are_neither_scarce_nor_everywhere() {
    clean(&code::comments(&house()));
}

#[test]
fn nothing_is_left_for_later() {
    clean(&code::unfinished(&house()));
}

#[test]
fn no_promise_is_shown_by_sleeping() {
    clean(&code::sleeps(&house()));
}

#[test]
fn columns_are_text_or_bigint() {
    clean(&sql::columns(&house()));
}

#[test]
fn every_statement_names_its_constellation() {
    clean(&sql::tenantless(&house(), sql::OF_THE_SERVICE));
}

#[test]
fn kinds_vectors_and_web_folders_agree() {
    clean(&agree::kinds(&house()));
}

#[test]
fn the_readme_maps_every_module() {
    clean(&agree::unmapped(&house()));
}

#[test]
fn the_readme_lists_every_event_of_the_log() {
    clean(&events::differing(&house()));
}

#[test]
fn every_variable_of_the_environment_is_known() {
    clean(&agree::unknown_variables(&house(), &config::NOT_SETTINGS));
}

#[test]
fn the_top_level_is_fixed() {
    let names = fs::read_dir(top()).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    clean(&agree::strangers(&names));
}
