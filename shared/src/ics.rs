//! A gathering as a file for somebody's calendar (RFC 5545). Pure text: whoever calls decides for
//! whom it is, and names it.

use crate::tally::{GatheringState, Status};

/// The most octets of a content line, its line break not counted (RFC 5545, § 3.1).
const LINE_MAX_OCTETS: usize = 75;

/// One calendar with one event. `uid` must be the same for every revision; `now` is when the file
/// is made, epoch ms. Times are in UTC, so no zone needs to be told.
pub fn ics(state: &GatheringState, uid: &str, now: i64) -> String {
    let details = &state.details;
    let status = match state.status {
        Status::Open => "CONFIRMED",
        Status::Cancelled => "CANCELLED",
    };
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Roost//Gatherings//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escaped(uid)),
        format!("DTSTAMP:{}", utc(now)),
        format!("DTSTART:{}", utc(details.starts_at)),
        format!("DTEND:{}", utc(details.ends_at)),
        format!("SEQUENCE:{}", state.revision),
        format!("STATUS:{status}"),
        format!("SUMMARY:{}", escaped(&details.title)),
    ];
    lines.extend(details.place.as_ref().map(|place| format!("LOCATION:{}", escaped(place))));
    let told = [state.reason.as_deref(), details.note.as_deref()];
    let told: Vec<&str> = told.into_iter().flatten().collect();
    if !told.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(&told.join("\n\n"))));
    }
    lines.push("END:VEVENT".to_owned());
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

/// TEXT (RFC 5545, § 3.3.11). Control characters but tab have no form in it and are left out, so
/// that no text can begin a line of its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => out.extend(['\\', c]),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// The line with its break, cut between characters so that no piece is longer than allowed. The
/// space that marks a continued line counts.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 32 + 2);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_MAX_OCTETS {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

/// DATE-TIME in UTC, form 2 (RFC 5545, § 3.3.5), of epoch ms.
fn utc(ms: i64) -> String {
    let seconds = ms.div_euclid(1_000);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{:02}Z", second % 60)
}

/// The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that the
/// leap day is a year's last; 146,097 days are 400 years.
fn civil(days: i64) -> (i64, i64, i64) {
    let since = days + 719_468; // from 0000-03-01
    let era = since.div_euclid(146_097);
    let day_of_era = since.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::tests::tea;

    /// Undoes the folding, as a calendar does.
    fn unfolded(file: &str) -> Vec<String> {
        let lines = file.replace("\r\n ", "");
        lines.split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_event() {
        let mut state = tea();
        state.details.starts_at = 1_797_005_400_000;
        state.details.ends_at = 1_797_012_600_000;
        state.details.note = Some("Bring shoes,\nand a coat".to_owned());
        state.cancel(Some("Snow; ice".to_owned()));
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Roost//Gatherings//EN",
            "BEGIN:VEVENT",
            "UID:gathering-1@roost",
            "DTSTAMP:19700101T000000Z",
            "DTSTART:20261211T161000Z",
            "DTEND:20261211T181000Z",
            "SEQUENCE:1",
            "STATUS:CANCELLED",
            "SUMMARY:Tea",
            "LOCATION:Jo's house",
            "DESCRIPTION:Snow\\; ice\\n\\nBring shoes\\,\\nand a coat",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(unfolded(&ics(&state, "gathering-1@roost", 0)), expected);
        assert!(ics(&tea(), "1", 0).contains("\r\nSTATUS:CONFIRMED\r\n"));
    }

    #[test]
    fn no_title_can_break_out() {
        let table = [
            ("Tea\r\nATTENDEE:mailto:a@b", "Tea\\nATTENDEE:mailto:a@b"),
            ("Tea\nEND:VEVENT\nBEGIN:VALARM", "Tea\\nEND:VEVENT\\nBEGIN:VALARM"),
            ("a\rb\u{0}c\u{85}d\u{b}e\u{c}f", "abcdef"),
            (r"back\slash \n; comma, colon: quote\", r"back\\slash \\n\; comma\, colon: quote\\"),
            ("😀 \u{202e}rtl", "😀 \u{202e}rtl"),
        ];
        for (title, expected) in table {
            let mut state = tea();
            state.details.title = title.to_owned();
            let file = ics(&state, "1", 0);
            assert_eq!(unfolded(&file)[10], format!("SUMMARY:{expected}"));
            assert_eq!(unfolded(&file).len(), unfolded(&ics(&tea(), "1", 0)).len(), "{title:?}");
            assert!(!file.replace("\r\n", "").contains(['\r', '\n']), "{title:?}");
        }
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        for unit in ["a", "é", "…", "🐦", "👩‍👧‍👦", ",", " "] {
            for times in 1..120 {
                let mut state = tea();
                state.details.title = unit.repeat(times);
                let file = ics(&state, "1", 0);
                assert!(file.split("\r\n").all(|line| line.len() <= LINE_MAX_OCTETS), "{file}");
                let said = escaped(&state.details.title);
                assert_eq!(unfolded(&file)[10], format!("SUMMARY:{said}"));
            }
        }
    }

    #[test]
    fn moments() {
        let table = [
            (0, "19700101T000000Z"),
            (-1, "19691231T235959Z"),
            (951_782_400_000, "20000229T000000Z"),
            (1_582_934_400_000, "20200229T000000Z"),
            (1_583_020_799_999, "20200229T235959Z"),
            (1_798_761_599_000, "20261231T235959Z"),
            (4_107_542_400_000, "21000301T000000Z"),
        ];
        for (ms, expected) in table {
            assert_eq!(utc(ms), expected, "{ms}");
        }
    }
}
