//! Which of the ways a file was compressed in its asker takes (RFC 9110, section 12.5.3).

use axum::http::{HeaderMap, header};

/// A way in which the build compressed the web app's texts, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    const ALL: [Coding; 2] = [Coding::Brotli, Coding::Gzip];

    /// What HTTP calls it.
    pub fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }

    /// What the name of a file ends in that was compressed so.
    pub fn end(self) -> &'static str {
        match self {
            Coding::Brotli => ".br",
            Coding::Gzip => ".gz",
        }
    }

    /// What the asker takes, what is liked most first. Plain is always taken, and stands for last.
    pub fn taken(headers: &HeaderMap) -> Vec<Coding> {
        let mut taken: Vec<(u16, Coding)> =
            Coding::ALL.map(|coding| (liking(headers, coding.name()), coding)).into();
        taken.retain(|(liking, _)| *liking > 0);
        // Stable: of two that are liked alike, ours comes first.
        taken.sort_by_key(|(liking, _)| std::cmp::Reverse(*liking));
        taken.into_iter().map(|(_, coding)| coding).collect()
    }
}

/// How much a coding is liked, in thousandths. What cannot be read is not liked at all.
fn liking(headers: &HeaderMap, name: &str) -> u16 {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let items: Vec<(&str, u16)> =
        lines.filter_map(|line| line.to_str().ok()).flat_map(|l| l.split(',')).map(read).collect();
    let named = |name: &str| items.iter().find(|item| item.0.eq_ignore_ascii_case(name));
    named(name).or_else(|| named("*")).map_or(0, |item| item.1)
}

/// One item of the list: `br`, or `br;q=0.5`.
fn read(item: &str) -> (&str, u16) {
    let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
    let weight = weight.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.strip_prefix('='));
    let weight: f32 = weight.and_then(|weight| weight.parse().ok()).unwrap_or(0.0);
    (name.trim(), (weight.clamp(0.0, 1.0) * 1_000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asker_chooses_and_of_equals_the_smaller_is_taken() {
        use Coding::{Brotli, Gzip};
        let table: [(&[&str], &[Coding]); 13] = [
            (&[], &[]),
            (&[""], &[]),
            (&["gzip, deflate, br, zstd"], &[Brotli, Gzip]),
            (&["gzip"], &[Gzip]),
            (&["GZIP"], &[Gzip]),
            (&["gzip", "br"], &[Brotli, Gzip]),
            (&["br;q=0.5, gzip"], &[Gzip, Brotli]),
            (&["br;q=0, gzip;q=0.001"], &[Gzip]),
            (&["br ; q=0 , *"], &[Gzip]),
            (&["*;q=0"], &[]),
            (&["identity"], &[]),
            (&["br;q=much, gzip;level=9"], &[]),
            (&["broth, xgzip"], &[]),
        ];
        for (lines, expected) in table {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::ACCEPT_ENCODING, line.parse().unwrap());
            }
            assert_eq!(Coding::taken(&headers), expected, "{lines:?}");
        }
    }
}
