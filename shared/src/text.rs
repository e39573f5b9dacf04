//! What counts as a text that a person wrote. Checked before the outbox, at the socket and in
//! `permit`.

use crate::refusal::Refusal;

/// The longest text, in Unicode scalar values. At 4 bytes each it stays below 16 KiB of UTF-8.
pub const TEXT_MAX_CHARS: usize = 4_000;
const _: () = assert!(TEXT_MAX_CHARS * 4 <= 16 * 1024);

/// Passes a text with at least one visible character, at most [`TEXT_MAX_CHARS`] long, whose only
/// control characters are line feed and tab.
///
/// # Errors
/// `TextEmpty`, `TextTooLong`, `TextUnprintable`.
pub fn check(text: &str) -> Result<(), Refusal> {
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Refusal::TextUnprintable);
    }
    if text.trim().is_empty() {
        return Err(Refusal::TextEmpty);
    }
    // Bytes bound characters from both sides, so a huge text is refused without walking it.
    if text.len() > TEXT_MAX_CHARS * 4 || text.chars().count() > TEXT_MAX_CHARS {
        return Err(Refusal::TextTooLong);
    }
    Ok(())
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
}
