//! Rules on how code is written: cages, clocks, sizes, comments.

use super::{
    File,
    lex::{has_word, lex},
};

/// Which crate may be named where: by the beginning of the path. Everybody else goes through what
/// stands there, so that a technology can be changed in one place.
const CAGES: &[(&str, &[&str])] = &[
    ("axum", &["server/src/http", "server/src/ws"]),
    ("figment", &["server/src/config.rs"]),
    ("governor", &["server/src/limits"]),
    ("hyper", &["server/src/http"]),
    ("prometheus_client", &["server/src/metrics.rs"]),
    ("sqlx", &["server/src/store/", "mobile-bridge/src/store", "tests/"]),
    (
        "tokio_tungstenite",
        &["mobile-bridge/src/line.rs", "mobile-bridge/tests/", "server/src/ws/line.rs", "tests/"],
    ),
    ("utoipa", &["server/src/http"]),
];

/// What reads a clock or makes an identity behind the caller's back.
const CLOCKS: [&str; 4] = ["SystemTime::now", "Instant::now", "UNIX_EPOCH.elapsed", "now_v7"];

const FILE_MAX_LINES: usize = 400;
const LINE_MAX_COLUMNS: usize = 100;
const PROSE_MAX_COLUMNS: usize = 130;

/// The least and the most of all lines of Rust that may be comments, in percent.
const COMMENTS_PERCENT: (usize, usize) = (8, 20);

pub(super) fn uncaged(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let code = lex(&file.text).code;
        for (name, homes) in CAGES {
            if has_word(&code, name) && !homes.iter().any(|home| file.path.starts_with(home)) {
                complaints.push(format!("{} names {name}, which lives in {homes:?}", file.path));
            }
        }
    }
    complaints
}

/// A crate that only one file may name, wherever that is.
pub(super) fn scattered(files: &[File], name: &str) -> Vec<String> {
    let named = |file: &&File| file.is_rust() && has_word(&lex(&file.text).code, name);
    let places: Vec<&str> = files.iter().filter(named).map(|file| file.path.as_str()).collect();
    if places.len() > 1 { vec![format!("{name} is named in {places:?}")] } else { Vec::new() }
}

pub(super) fn clocks(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        if file.path.ends_with("/clock.rs") || file.path.starts_with("tests/") {
            continue;
        }
        let code = lex(&file.text).code;
        let work = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for clock in CLOCKS.into_iter().filter(|clock| work.contains(clock)) {
            complaints.push(format!("{} asks {clock}; ask the Clock", file.path));
        }
    }
    complaints
}

/// Long files and long lines. A string alone on its line may be longer: words for people are not
/// cut.
pub(super) fn sizes(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for File { path, text } in files {
        let prose = path.ends_with(".md");
        let widest = match path.rsplit_once('.').map(|(_, end)| end) {
            Some("rs" | "ts" | "tsx" | "mjs" | "css" | "py" | "sh" | "sql") => LINE_MAX_COLUMNS,
            Some("md") => PROSE_MAX_COLUMNS,
            None => LINE_MAX_COLUMNS,
            Some(_) => continue,
        };
        let lines = text.lines().count();
        if lines > FILE_MAX_LINES {
            complaints.push(format!("{path} has {lines} lines of {FILE_MAX_LINES}"));
        }
        for (place, line) in text.lines().enumerate() {
            let string =
                ["\"", "`", "r#\""].into_iter().any(|quote| line.trim().starts_with(quote));
            let alone = if prose { line.starts_with('|') } else { string };
            let columns = line.chars().count();
            if columns > widest && !alone {
                complaints.push(format!("{path}:{} has {columns} columns of {widest}", place + 1));
            }
        }
    }
    complaints
}

/// Files that do not open with a word on their job.
pub(super) fn silent(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for File { path, text } in files {
        let opening = text.lines().find(|line| !line.starts_with("#!")).unwrap_or_default();
        let said = match path.rsplit_once('.').map(|(_, end)| end) {
            Some("rs") => opening.starts_with("//!"),
            Some("ts" | "tsx" | "mjs" | "css") => {
                opening.starts_with("//") || opening.starts_with("/*")
            }
            Some("py") => opening.starts_with("\"\"\"") || opening.starts_with('#'),
            Some("sql") => opening.starts_with("--"),
            Some("sh") | None => opening.starts_with('#'),
            Some(_) => true,
        };
        if !said {
            complaints.push(format!("{path} does not open with what it is for"));
        }
    }
    complaints
}

pub(super) fn comments(files: &[File]) -> Vec<String> {
    let (mut said, mut all) = (0, 0);
    for file in files.iter().filter(|file| file.is_rust()) {
        said += file.text.lines().filter(|line| line.trim_start().starts_with("//")).count();
        all += file.text.lines().count();
    }
    let percent = said * 100 / all.max(1);
    let (least, most) = COMMENTS_PERCENT;
    if (least..=most).contains(&percent) {
        return Vec::new();
    }
    vec![format!("{percent} % of the lines are comments; {least} to {most} it should be")]
}

/// Marks of what somebody meant to do later. They belong into an issue.
pub(super) fn unfinished(files: &[File]) -> Vec<String> {
    // Written apart, so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
    let mut complaints = Vec::new();
    for File { path, text } in files {
        for (place, line) in text.lines().enumerate() {
            for mark in marks.into_iter().filter(|mark| has_word(line, mark)) {
                complaints.push(format!("{path}:{} says {mark}", place + 1));
            }
        }
    }
    complaints
}

/// System tests that hope instead of waiting for something.
pub(super) fn sleeps(files: &[File]) -> Vec<String> {
    let hopes = |file: &&File| file.path.starts_with("tests/it") && file.is_rust();
    let files = files.iter().filter(hopes).filter(|file| has_word(&lex(&file.text).code, "sleep"));
    files.map(|file| format!("{} sleeps; use roost_tests::wait", file.path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(path: &str, text: &str) -> [File; 1] {
        [File::new(path, text)]
    }

    #[test]
    fn a_crate_outside_its_cage_is_seen() {
        assert_eq!(uncaged(&one("server/src/log.rs", "use sqlx::Row;")).len(), 1);
        assert_eq!(uncaged(&one("server/src/app.rs", "fn f(x: axum::Json<u8>) {}")).len(), 1);
        assert_eq!(uncaged(&one("server/src/store/mod.rs", "use sqlx::Row;")).len(), 0);
        assert_eq!(uncaged(&one("server/src/log.rs", "// sqlx::Row\nlet a = \"sqlx\";")).len(), 0);
        let pair =
            [File::new("a.rs", "use jsonwebtoken::a;"), File::new("b.rs", "jsonwebtoken::b()")];
        assert_eq!(scattered(&pair, "jsonwebtoken").len(), 1);
        assert_eq!(scattered(&pair[..1], "jsonwebtoken").len(), 0);
    }

    #[test]
    fn a_clock_elsewhere_is_seen() {
        let reads = "let now = std::time::Instant::now();";
        assert_eq!(clocks(&one("server/src/feed.rs", reads)).len(), 1);
        assert_eq!(clocks(&one("server/src/clock.rs", reads)).len(), 0);
        let tests = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{ {reads} }}");
        assert_eq!(clocks(&one("server/src/feed.rs", &tests)).len(), 0);
    }

    #[test]
    fn long_files_and_lines_are_seen() {
        assert_eq!(sizes(&one("a.rs", &"x\n".repeat(401))).len(), 1);
        assert_eq!(sizes(&one("a.ts", &"x".repeat(101))).len(), 1);
        assert_eq!(sizes(&one("a.css", &"x\n".repeat(401))).len(), 1);
        assert_eq!(sizes(&one("tests/run", &"x".repeat(101))).len(), 1);
        assert_eq!(sizes(&one("README.md", &"x".repeat(131))).len(), 1);
        assert_eq!(sizes(&one("a.rs", &format!("  \"{}\"", "x".repeat(120)))).len(), 0);
        assert_eq!(sizes(&one("a.rs", &"ü".repeat(100))).len(), 0);
    }

    #[test]
    fn silence_is_heard() {
        assert_eq!(silent(&one("a.rs", "use std::fs;")).len(), 1);
        assert_eq!(silent(&one("tests/run", "#!/bin/sh\nset -e")).len(), 1);
        assert_eq!(silent(&one("a.ts", "// What it is for.")).len(), 0);
    }

    #[test]
    fn too_many_comments_and_too_few_are_seen() {
        let share = |said: usize| one("a.rs", &("// x\n".repeat(said) + &"x\n".repeat(100 - said)));
        let complaints = [7, 8, 20, 21].map(|said| comments(&share(said)).len());
        assert_eq!(complaints, [1, 0, 0, 1]);
    }

    #[test]
    fn marks_and_sleeps_are_seen() {
        assert_eq!(unfinished(&one("a.md", concat!("a TO", "DO: b"))).len(), 1);
        assert_eq!(unfinished(&one("a.md", concat!("MASTO", "DON"))).len(), 0);
        let sleeper = "tokio::time::sleep(A).await";
        assert_eq!(sleeps(&one("tests/it/a.rs", sleeper)).len(), 1);
        assert_eq!(sleeps(&one("tests/src/wait.rs", sleeper)).len(), 0);
    }
}
