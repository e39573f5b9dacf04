//! Access tokens: JWTs (RFC 9068 in shape) that say who a phone belongs to, for at most ten
//! minutes. One algorithm, and nothing in a token chooses how it is verified but the `kid` of one
//! of our keys.

use super::keys::Keys;
use crate::clock::APART_MS;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode_header};
use roost_shared::{DeviceId, PersonId, Refusal};
use serde::{Deserialize, Serialize};

const ALGORITHM: Algorithm = Algorithm::HS256;
const TYPE: &str = "at+jwt";
const ISSUER: &str = "roost";
const AUDIENCE: &str = "roost-access";
/// How far the clocks of two instances may differ, s.
const LEEWAY_S: i64 = APART_MS / 1_000;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: PersonId,
    dev: DeviceId,
    r#gen: i64,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Whose phone it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    pub person: PersonId,
    pub device: DeviceId,
    /// The count of the refresh token that it came with.
    pub generation: i64,
}

/// Makes a token that is good from now until `expires_at` (both epoch ms).
pub fn mint(keys: &Keys, bearer: Bearer, now: i64, expires_at: i64, jti: String) -> String {
    let key = keys.access.last().expect("loading the keys makes one when there is none");
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: bearer.person,
        dev: bearer.device,
        r#gen: bearer.generation,
        jti,
        iat: now / 1000,
        nbf: now / 1000,
        exp: expires_at / 1000,
    };
    jsonwebtoken::encode(&header(&key.kid), &claims, &EncodingKey::from_secret(&key.secret))
        .expect("plain claims always encode")
}

/// The header of every token of this key, and nothing else ever stands in one.
fn header(kid: &str) -> Header {
    let (typ, kid) = (Some(TYPE.to_owned()), Some(kid.to_owned()));
    Header { typ, kid, ..Header::new(ALGORITHM) }
}

/// Reads a token.
///
/// # Errors
/// `SignInAgain`, whatever is wrong with it: the holder learns nothing else.
pub fn verify(keys: &Keys, token: &str, now: i64) -> Result<Bearer, Refusal> {
    let claims = read(keys, token).ok_or(Refusal::SignInAgain)?;
    // Times are judged by our clock and not by the library's.
    let now_s = now / 1000;
    if now_s >= claims.exp + LEEWAY_S || now_s < claims.nbf - LEEWAY_S {
        return Err(Refusal::SignInAgain);
    }
    Ok(Bearer { person: claims.sub, device: claims.dev, generation: claims.r#gen })
}

/// Whether we made this token, be it that it has run out.
pub fn is_ours(keys: &Keys, token: &str) -> bool {
    read(keys, token).is_some()
}

fn read(keys: &Keys, token: &str) -> Option<Claims> {
    // A header of ours to the last field: none that we do not write can come to mean something.
    let said = decode_header(token).ok()?;
    let key = keys.access.iter().find(|key| said == header(&key.kid))?;
    let mut validation = Validation::new(ALGORITHM);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let key = DecodingKey::from_secret(&key.secret);
    Some(jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: i64 = 1_795_310_400_000;

    fn bearer() -> Bearer {
        let (person, device) = (PersonId::new(1, [1; 10]), DeviceId::new(1, [2; 10]));
        Bearer { person, device, generation: 3 }
    }

    fn good_claims() -> Value {
        let b = bearer();
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": b.person, "dev": b.device, "gen": 3,
               "jti": "1", "iat": NOW / 1000, "nbf": NOW / 1000, "exp": NOW / 1000 + 600})
    }

    fn forge(change: impl Fn(&mut Header), claims: &Value, secret: &[u8]) -> String {
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some("t1".to_owned());
        change(&mut header);
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    #[test]
    fn a_token_lives_from_its_minute_to_its_end() {
        let keys = Keys::for_tests();
        let token = mint(&keys, bearer(), NOW, NOW + 600_000, "1".to_owned());
        for (at, good) in [
            (NOW, true),
            (NOW + 659_000, true),
            (NOW + 660_000, false),
            (NOW - 60_000, true),
            (NOW - 61_000, false),
        ] {
            assert_eq!(verify(&keys, &token, at).is_ok(), good, "at {}", at - NOW);
            assert!(is_ours(&keys, &token), "at any time");
        }
        assert_eq!(verify(&keys, &token, NOW), Ok(bearer()));
    }

    #[test]
    fn forged_tokens_are_all_the_same_to_us() {
        let keys = Keys::for_tests();
        let right = [2; 32];
        let good = forge(|_| {}, &good_claims(), &right);
        assert!(verify(&keys, &good, NOW).is_ok(), "the forge makes good tokens");
        let mut forged = vec![
            forge(|_| {}, &good_claims(), &[3; 32]),
            forge(|h| h.typ = Some("JWT".to_owned()), &good_claims(), &right),
            forge(|h| h.typ = None, &good_claims(), &right),
            forge(|h| h.kid = None, &good_claims(), &right),
            forge(|h| h.kid = Some("t2".to_owned()), &good_claims(), &right),
            forge(|h| h.alg = Algorithm::HS384, &good_claims(), &right),
            forge(|h| h.alg = Algorithm::HS512, &good_claims(), &right),
            forge(|h| h.jku = Some("https://keys.example".to_owned()), &good_claims(), &right),
            forge(|h| h.x5u = Some("https://keys.example".to_owned()), &good_claims(), &right),
            String::new(),
            "a.b.c".to_owned(),
            good.replacen('.', "", 1),
            good[..good.len() - 2].to_owned(),
            format!("{good}x"),
            // {"alg":"none","typ":"at+jwt","kid":"t1"} before the good claims, without a signature.
            format!(
                "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoidDEifQ.{}.",
                good.split('.').nth(1).unwrap()
            ),
        ];
        for claim in ["iss", "aud", "sub", "dev", "gen", "jti", "iat", "nbf", "exp"] {
            let mut without = good_claims();
            without.as_object_mut().unwrap().remove(claim);
            forged.push(forge(|_| {}, &without, &right));
            for wrong in [json!("elsewhere"), json!(null), json!([]), json!(1.5)] {
                if claim == "jti" && wrong.is_string() {
                    continue;
                }
                let mut claims = good_claims();
                claims[claim] = wrong;
                forged.push(forge(|_| {}, &claims, &right));
            }
        }
        let mut role = good_claims();
        role["role"] = json!("liaison");
        forged.push(forge(|_| {}, &role, &right));
        for token in forged {
            assert_eq!(verify(&keys, &token, NOW), Err(Refusal::SignInAgain), "{token}");
            assert!(!is_ours(&keys, &token), "{token}");
        }
    }
}
