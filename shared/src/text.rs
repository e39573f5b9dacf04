//! What counts as a text that a person wrote. Checked before the outbox, at the socket and in
//! `permit`.

use crate::refusal::Refusal;

/// The longest text, in Unicode scalar values. At 4 bytes each it stays below 16 KiB of UTF-8.
pub const TEXT_MAX_CHARS: usize = 4_000;
const _: () = assert!(TEXT_MAX_CHARS * 4 <= 16 * 1024);

/// The longest text to search for, in Unicode scalar values.
pub const QUERY_MAX_CHARS: usize = 100;

/// Passes a text with at least one visible character, at most [`TEXT_MAX_CHARS`] long, whose only
/// control characters are line feed and tab.
///
/// # Errors
/// `TextEmpty`, `TextTooLong`, `TextUnprintable`.
pub fn check(text: &str) -> Result<(), Refusal> {
    within(text, TEXT_MAX_CHARS)
}

/// As [`check`], with another limit.
///
/// # Errors
/// As [`check`]. `TextTooLong` speaks of 4,000 characters, so a caller with another limit says it
/// in words of its own.
pub fn within(text: &str, max_chars: usize) -> Result<(), Refusal> {
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Refusal::TextUnprintable);
    }
    if text.trim().is_empty() {
        return Err(Refusal::TextEmpty);
    }
    // Bytes bound characters from both sides, so a huge text is refused without walking it.
    if text.len() > max_chars * 4 || text.chars().count() > max_chars {
        return Err(Refusal::TextTooLong);
    }
    Ok(())
}

/// As [`within`], on one line: for every text that stands in a list or a sentence of ours (names,
/// titles, places, questions, searches). Whatever some reader takes for the end of a line is
/// refused: line feed and carriage return, U+0085, and the separators U+2028 and U+2029, which are
/// no control characters and may stand in a text of several lines.
///
/// # Errors
/// As [`within`]; `TextUnprintable` for whatever breaks a line, and for a tab.
pub fn line(text: &str, max_chars: usize) -> Result<(), Refusal> {
    if text.chars().any(|c| matches!(c, '\n' | '\t' | '\u{2028}' | '\u{2029}')) {
        return Err(Refusal::TextUnprintable);
    }
    within(text, max_chars)
}

/// Passes what may be searched for: one line of at most [`QUERY_MAX_CHARS`].
///
/// # Errors
/// `QueryInvalid`.
pub fn query(text: &str) -> Result<(), Refusal> {
    line(text, QUERY_MAX_CHARS).map_err(|_| Refusal::QueryInvalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let longest = "🐦".repeat(TEXT_MAX_CHARS);
        let too_long = "a".repeat(TEXT_MAX_CHARS + 1);
        let mebibyte = "🐦".repeat(1024 * 1024 / 4);
        let table: &[(&str, Result<(), Refusal>)] = &[
            ("Is anyone free for a cuppa?", Ok(())),
            ("two\nlines\tand a tab", Ok(())),
            ("👩‍👧‍👦", Ok(())),
            (&longest, Ok(())),
            ("", Err(Refusal::TextEmpty)),
            (" \n\t ", Err(Refusal::TextEmpty)),
            ("nul \0 byte", Err(Refusal::TextUnprintable)),
            ("bell \u{7}", Err(Refusal::TextUnprintable)),
            ("carriage\r\nreturn", Err(Refusal::TextUnprintable)),
            ("next line \u{85}", Err(Refusal::TextUnprintable)),
            (&too_long, Err(Refusal::TextTooLong)),
            (&mebibyte, Err(Refusal::TextTooLong)),
        ];
        for (text, expected) in table {
            assert_eq!(check(text), *expected, "{:.20?}", text);
        }
    }

    #[test]
    fn lines() {
        let table: &[(&str, Result<(), Refusal>)] = &[
            ("Tea 🐦", Ok(())),
            ("123456", Ok(())),
            ("1234567", Err(Refusal::TextTooLong)),
            ("", Err(Refusal::TextEmpty)),
            ("a\nb", Err(Refusal::TextUnprintable)),
            ("a\tb", Err(Refusal::TextUnprintable)),
            ("a\u{2028}b", Err(Refusal::TextUnprintable)),
            ("a\u{2029}b", Err(Refusal::TextUnprintable)),
            ("a\u{85}b", Err(Refusal::TextUnprintable)),
            ("a\rb", Err(Refusal::TextUnprintable)),
            ("a\u{b}b", Err(Refusal::TextUnprintable)),
            ("a\u{c}b", Err(Refusal::TextUnprintable)),
            ("a\u{0}b", Err(Refusal::TextUnprintable)),
        ];
        for (text, expected) in table {
            assert_eq!(line(text, 6), *expected, "{text:?}");
        }
    }

    #[test]
    fn queries() {
        let longest = "🐦".repeat(QUERY_MAX_CHARS);
        let too_long = "a".repeat(QUERY_MAX_CHARS + 1);
        let table: &[(&str, bool)] = &[
            ("cuppa", true),
            ("100% \"of\" it's_all", true),
            (&longest, true),
            (&too_long, false),
            ("", false),
            ("  ", false),
            ("a\nb", false),
            ("a\u{2028}b", false),
        ];
        for (text, passes) in table {
            let expected = if *passes { Ok(()) } else { Err(Refusal::QueryInvalid) };
            assert_eq!(query(text), expected, "{text:?}");
        }
    }
}
