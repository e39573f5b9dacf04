//! Rules on SQL: portable columns, and a constellation in every statement (T15).

use super::{File, lex::lex};

/// Statements that name no constellation, by file and name, and why that is right.
pub(super) const OF_THE_SERVICE: &[(&str, &str, &str)] = &[
    ("homes.rs", "SERVICES", "a service stands above constellations"),
    ("rooms.rs", "CONSTELLATION_OF", "which constellation is the question"),
    ("people.rs", "PLACES", "which constellations is the question"),
    ("enrolments.rs", "BY_TOKEN", "a token is all there is; its constellation is the answer"),
    ("devices.rs", "ONE", "a device is all there is; its service is the answer"),
    ("devices.rs", "PRESENT", "a token is all there is; its constellations are the answer"),
    ("handovers.rs", "BY_CODE", "a code is all there is; its service is the answer"),
    ("identity.rs", "SQLITE_TABLES", "facts about the database as a whole"),
    ("identity.rs", "POSTGRES_TABLES", "facts about the database as a whole"),
    ("meta.rs", "INHABITED", "facts about the database as a whole"),
    ("meta.rs", "READ", "facts about the database as a whole"),
    ("meta.rs", "SET_ONCE", "facts about the database as a whole"),
    ("meta.rs", "SET", "facts about the database as a whole"),
    ("meta.rs", "BEAT", "one pulse for all constellations"),
    ("meta.rs", "PULSE", "one pulse for all constellations"),
    ("time.rs", "NOW_OF_SQLITE", "the database's own clock"),
    ("time.rs", "NOW_OF_POSTGRES", "the database's own clock"),
    ("time.rs", "NOTED", "one time for all constellations"),
    ("time.rs", "NOTE", "one time for all constellations"),
    ("time.rs", "ACCEPT", "one time for all constellations"),
    ("meta.rs", "CHANGED", "which constellations changed is the question"),
];

const VERBS: [&str; 5] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

/// Columns of another type than TEXT and BIGINT: only these are the same on both databases.
pub(super) fn columns(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for File { path, text } in files.iter().filter(|file| file.path.contains("/migrations/")) {
        let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
        let plain = lines.collect::<Vec<_>>().join("\n");
        for table in plain.split("CREATE TABLE ").skip(1) {
            let body = table.split_once('(').map_or("", |(_, body)| body);
            for column in top_commas(body) {
                let words: Vec<&str> = column.split_whitespace().collect();
                let constraint = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"];
                if words.len() < 2 || constraint.iter().any(|word| words[0].starts_with(word)) {
                    continue;
                }
                if !["TEXT", "BIGINT"].contains(&words[1]) {
                    complaints.push(format!("{path}: {} is {}", words[0], words[1]));
                }
            }
        }
        for added in plain.split("ADD COLUMN ").skip(1) {
            let words: Vec<&str> = added.split_whitespace().take(2).collect();
            if !["TEXT", "BIGINT"].contains(&words[1].trim_end_matches(';')) {
                complaints.push(format!("{path}: {} is {}", words[0], words[1]));
            }
        }
    }
    complaints
}

/// The parts between the commas of the outermost bracket, up to its end.
fn top_commas(body: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (place, letter) in body.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => {
                parts.push(&body[from..place]);
                break;
            }
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&body[from..place]);
                from = place + 1;
            }
            _ => {}
        }
    }
    parts
}

/// Statements of the server's store that do not name the constellation they work in, or for what a
/// person is and holds in all of them, the service; and exceptions that nothing needs any more.
pub(super) fn tenantless(files: &[File], excused: &[(&str, &str, &str)]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut used = vec![false; excused.len()];
    for file in files.iter().filter(|file| file.path.starts_with("server/src/store/")) {
        let lexed = lex(&file.text);
        let tests = lexed.code.find("#[cfg(test)]").unwrap_or(lexed.code.len());
        for (place, statement) in &lexed.strings {
            if *place > tests || !VERBS.iter().any(|verb| statement.starts_with(verb)) {
                continue;
            }
            if named(statement) {
                continue;
            }
            let (name, leaf) = (const_before(&lexed.code[..*place]), leaf(&file.path));
            match excused.iter().position(|(file, excuse, _)| (*file, *excuse) == (leaf, name)) {
                Some(excuse) => used[excuse] = true,
                None => complaints.push(format!("{}: {name} names no constellation", file.path)),
            }
        }
    }
    for ((file, name, _), _) in excused.iter().zip(used).filter(|(_, used)| !used) {
        complaints.push(format!("{file} {name} is excused, but needs no excuse"));
    }
    complaints
}

/// Whether a statement is bound to one constellation or service: by a column it writes, or by its
/// condition.
fn named(statement: &str) -> bool {
    if statement.starts_with("INSERT ") {
        let written = statement.split("VALUES").next().unwrap_or_default();
        return ["constellation,", "constellation)", "service,", "service)"]
            .into_iter()
            .any(|column| written.contains(column));
    }
    // One of many rows: each row of `asked` brings its own.
    let each = |column: &str, condition: &str| {
        statement.starts_with("WITH asked (")
            && statement.contains(&format!("{column},"))
            && condition.contains(&format!("{column} = asked.{column}"))
    };
    statement.split("WHERE").skip(1).any(|condition| {
        condition.contains("constellation = $")
            || condition.contains("service = $")
            || ["constellation", "service"].iter().any(|column| each(column, condition))
    })
}

fn leaf(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The name of the `const` that is being defined here; a string inside a function has none.
fn const_before(code: &str) -> &str {
    let statement = code.rsplit([';', '}', '{']).next().unwrap_or_default();
    let name = statement.split("const ").nth(1).and_then(|rest| rest.split(':').next());
    name.unwrap_or("a nameless statement")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_type_is_seen() {
        let table = [
            ("CREATE TABLE a (\n b TEXT PRIMARY KEY, -- c BOOLEAN,\n d BIGINT\n);", 0),
            ("CREATE TABLE a (b TEXT, c BOOLEAN NOT NULL, PRIMARY KEY (b, c));", 1),
            ("CREATE TABLE a (b TEXT REFERENCES c (d), e INTEGER);", 1),
            ("ALTER TABLE a ADD COLUMN b TIMESTAMPTZ;", 1),
            ("ALTER TABLE a ADD COLUMN b TEXT;", 0),
        ];
        for (text, count) in table {
            let file = File::new("server/migrations/1.sql", text);
            assert_eq!(columns(&[file]).len(), count, "{text}");
        }
    }

    #[test]
    fn a_statement_of_nowhere_is_seen() {
        let table = [
            ("const A: &str = \"SELECT b FROM c WHERE constellation = $1\";", 0),
            ("const A: &str = \"SELECT constellation FROM c WHERE b = $1\";", 1),
            ("const A: &str = \"INSERT INTO c (b, \\\n  constellation) VALUES ($1, $2)\";", 0),
            ("const A: &str = \"INSERT INTO c (b) VALUES ($1)\";", 1),
            ("const A: &str = \"INSERT INTO c (b, service) VALUES ($1, $2)\";", 0),
            ("const A: &str = \"DELETE FROM c WHERE service = $1 AND b = $2\";", 0),
            (
                "const A: &str = \"WITH asked (constellation, b) AS (VALUES {rows}) SELECT 1 \
                 FROM asked JOIN c WHERE c.constellation = asked.constellation\";",
                0,
            ),
            (
                "const A: &str = \"WITH asked (service, b) AS (VALUES {rows}) UPDATE c SET b = 1 \
                 FROM asked WHERE c.service = asked.service\";",
                0,
            ),
            (
                "const A: &str = \"WITH asked (service, b) AS (VALUES {rows}) UPDATE c SET b = 1 \
                 FROM asked WHERE c.b = asked.b\";",
                1,
            ),
            ("const OK: &str = \"DELETE FROM c\";", 0),
            ("fn f() { run(\"UPDATE c SET b = 1\") }", 1),
            ("#[cfg(test)]\nmod tests { fn f() { run(\"DELETE FROM c\") } }", 0),
        ];
        for (text, count) in table {
            let file = File::new("server/src/store/c.rs", text);
            let excused = [("c.rs", "OK", "why")];
            let excused = if text.contains("OK") { &excused[..] } else { &[] };
            assert_eq!(tenantless(&[file], excused).len(), count, "{text}");
        }
        assert_eq!(tenantless(&[], &[("c.rs", "OK", "why")]).len(), 1, "an excuse for nothing");
    }
}
