//! Writes the random transcripts that the TypeScript engine must match (see
//! `roost_bridge::transcript`), and checks what must hold in every one of them whoever the engine
//! is.

#![expect(clippy::unwrap_used, reason = "a test, with functions of its own")]

use roost_bridge::transcript::record;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    thread,
};

/// How many transcripts a run writes.
const TRANSCRIPTS: u64 = 500;

/// Outputs, with each kind of write and of frame, and each state of a draft that is written,
/// counted as one of its own.
const OUTPUTS: usize = 31;

/// The largest integer that JavaScript keeps exactly.
const INT_MAX: i64 = (1 << 53) - 1;

/// `ROOST_TRANSCRIPTS`, or `transcripts` in the target directory that this test was built into.
fn folder() -> PathBuf {
    env::var_os("ROOST_TRANSCRIPTS").map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("transcripts"),
        PathBuf::from,
    )
}

fn each_number(value: &Value, check: &mut impl FnMut(&serde_json::Number)) {
    match value {
        Value::Number(number) => check(number),
        Value::Array(items) => items.iter().for_each(|item| each_number(item, check)),
        Value::Object(fields) => fields.values().for_each(|field| each_number(field, check)),
        _ => {}
    }
}

/// How often each output, write and frame occurs.
type Census = BTreeMap<String, u32>;

fn count(line: &str, seen: &mut Census) {
    let step: Value = serde_json::from_str(line).unwrap();
    for output in step["outputs"].as_array().unwrap() {
        let inner = output["write"]["t"].as_str().or(output["frame"]["t"].as_str());
        let state = output["write"]["item"]["state"]["t"].as_str();
        let name = [output["t"].as_str(), inner, state].map(Option::unwrap_or_default).join(" ");
        *seen.entry(name).or_default() += 1;
        each_number(output, &mut |n| assert!(n.as_i64().is_some_and(|n| n.abs() <= INT_MAX)));
    }
}

fn write(seeds: impl Iterator<Item = u64>, folder: &Path) -> Census {
    let mut seen = Census::new();
    for seed in seeds {
        let lines = record(seed);
        lines[1..].iter().for_each(|line| count(line, &mut seen));
        fs::write(folder.join(format!("{seed:03}.jsonl")), lines.join("\n") + "\n").unwrap();
    }
    seen
}

#[test]
fn transcripts_are_written_for_the_typescript_engine() {
    let folder = folder();
    fs::create_dir_all(&folder).unwrap();
    let halves: Vec<Census> = thread::scope(|scope| {
        let folder = &folder;
        let half =
            |odd| scope.spawn(move || write((0..TRANSCRIPTS).filter(|s| s % 2 == odd), folder));
        [half(0), half(1)].into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let mut seen = Census::new();
    for (name, times) in halves.into_iter().flatten() {
        *seen.entry(name).or_default() += times;
    }
    let rare: Vec<_> = seen.iter().filter(|(_, times)| **times < 10).collect();
    assert!(rare.is_empty(), "these outputs are hardly tried: {rare:?}");
    assert_eq!(seen.len(), OUTPUTS, "every output, write and frame occurs: {seen:?}");
}

#[test]
fn a_seed_gives_the_same_transcript_each_time() {
    assert_eq!(record(7), record(7));
    assert_ne!(record(7), record(8));
}
