//! As much of Rust's grammar as tidy needs: where the comments are, and where the strings.

/// A file of Rust, taken apart.
#[derive(Default)]
pub(super) struct Lexed {
    /// The text with comments left out and strings emptied: only what the compiler acts upon.
    pub(super) code: String,
    /// Each string, and where in `code` it stood.
    pub(super) strings: Vec<(usize, String)>,
}

/// Takes a file apart. Nested block comments are not known here, and not used in this house.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexed = Lexed::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some((inner, after)) = raw(rest, &lexed.code) {
            lexed.strings.push((lexed.code.len(), inner.to_owned()));
            lexed.code.push_str("\"\"");
            rest = after;
        } else if first == '"' {
            let (inner, after) = quoted(&rest[1..]);
            lexed.strings.push((lexed.code.len(), inner));
            lexed.code.push_str("\"\"");
            rest = after;
        } else if let Some(after) = character(rest) {
            lexed.code.push_str("' '");
            rest = after;
        } else {
            lexed.code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    lexed
}

/// `r"…"`, `r#"…"#`.
fn raw<'a>(rest: &'a str, before: &str) -> Option<(&'a str, &'a str)> {
    if before.ends_with(|c: char| c.is_alphanumeric() && c != 'b' || c == '_') {
        return None;
    }
    let opened = rest.strip_prefix('r')?;
    let body = opened.trim_start_matches('#');
    let hashes = &opened[..opened.len() - body.len()];
    let body = body.strip_prefix('"')?;
    let end = body.find(&format!("\"{hashes}"))?;
    Some((&body[..end], &body[end + 1 + hashes.len()..]))
}

/// The string whose opening quote was just passed; a `\` at a line's end eats the space that
/// follows.
fn quoted(rest: &str) -> (String, &str) {
    let mut inner = String::new();
    let mut letters = rest.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return (inner, &rest[place + 1..]),
            '\\' => match letters.next() {
                Some((place, '\n')) => {
                    let spaces =
                        rest[place + 1..].chars().take_while(|c| c.is_whitespace()).count();
                    letters.by_ref().take(spaces).for_each(drop);
                }
                Some((_, other)) => inner.push(other),
                None => {}
            },
            other => inner.push(other),
        }
    }
    (inner, "")
}

/// A character in quotes; `'a` of a lifetime is none.
fn character(rest: &str) -> Option<&str> {
    let mut letters = rest.strip_prefix('\'')?.chars();
    if letters.next()? == '\\' {
        let end = rest[3..].find('\'')?;
        return Some(&rest[3 + end + 1..]);
    }
    letters.as_str().strip_prefix('\'')
}

/// Whether the word stands in the code, not as a part of a longer one.
pub(super) fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(place, _)| {
        !code[..place].ends_with(part) && !code[place + word.len()..].starts_with(part)
    })
}

#[test]
fn a_file_is_taken_apart() {
    let text = "let a = \"x // y\\\n    z\"; // sqlx\n\
                fn f<'a>(q: char) { q == '\"' || q == '\\'' }\n\
                /* axum */ let b = r#\"a \" b\"#; br\"c\"";
    let lexed = lex(text);
    let strings: Vec<&str> = lexed.strings.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(strings, ["x // yz", "a \" b", "c"]);
    assert!(!lexed.code.contains("sqlx") && !lexed.code.contains("axum"));
    assert!(lexed.code.contains("fn f<'a>(q: char) { q == ' ' || q == ' ' }"), "{}", lexed.code);
    assert!(has_word("use sqlx::Row;", "sqlx") && !has_word("sqlx_core::x", "sqlx"));
}
