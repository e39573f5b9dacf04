//! JSON that can be read in one way only. RFC 8259 leaves open what an object means in which a name
//! stands twice (section 4): readers take the first, the last, or both. What one of them has judged
//! harmless, another would do. So Roost refuses such an object, at every depth.
//!
//! A struct that serde derives does so by itself. What is read without one passes here: any value
//! at all, and maps. Both check while they read, so that nothing is read twice.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use std::{collections::BTreeMap, fmt, marker::PhantomData};

const TWICE: &str = "a name stands twice in an object";

/// Reads any value, for `#[serde(deserialize_with)]`.
///
/// # Errors
/// When a name stands twice in an object of it.
pub fn value<'de, D: Deserializer<'de>>(given: D) -> Result<Value, D::Error> {
    Any.deserialize(given)
}

/// As [`value`], for an object and nothing else.
///
/// # Errors
/// As [`value`]; when it is no object.
pub fn object<'de, D: Deserializer<'de>>(given: D) -> Result<Value, D::Error> {
    match value(given)? {
        object @ Value::Object(_) => Ok(object),
        _ => Err(D::Error::custom("no object")),
    }
}

/// Reads a map with names of a kind, for `#[serde(deserialize_with)]`.
///
/// # Errors
/// When a name stands twice in it.
pub fn map<'de, D, K, V>(given: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    given.deserialize_map(Named(PhantomData))
}

struct Named<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Named<K, V> {
    type Value = BTreeMap<K, V>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut read = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            if read.insert(name, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(read)
    }
}

struct Any;

impl<'de> DeserializeSeed<'de> for Any {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, given: D) -> Result<Value, D::Error> {
        given.deserialize_any(Any)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(value) = list.next_element_seed(Any)? {
            read.push(value);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if read.insert(name, map.next_value_seed(Any)?).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_as_it_stands_unless_a_name_stands_twice() {
        let table = [
            (r#"{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}"#, true),
            (r#"[null,true,-1,1,18446744073709551615,1.5,"\u00e9 \n",[],{}]"#, true),
            (r#"{"a":1,"A":2}"#, true),
            (r#"{"a":1,"a":1}"#, false),
            (r#"{"a":1,"\u0061":2}"#, false),
            (r#"{"b":{"a":1,"a":null}}"#, false),
            (r#"{"b":[0,[{"a":{},"a":[]}]]}"#, false),
            (r#"{"":1,"":1}"#, false),
        ];
        for (text, good) in table {
            let read = value(&mut serde_json::Deserializer::from_str(text));
            assert_eq!(read.is_ok(), good, "{text}");
            assert!(!good || read.unwrap() == serde_json::from_str::<Value>(text).unwrap());
        }
        for text in ["[]", "null", "\"{}\"", "5"] {
            assert!(object(&mut serde_json::Deserializer::from_str(text)).is_err(), "{text}");
        }
    }
}
