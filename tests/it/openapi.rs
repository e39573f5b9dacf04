//! Every HTTP door is described, truthfully: a route without a description fails, the description
//! holds together, what the doors really answer has the shapes that are described, and the page it
//! is read on asks nothing of any other machine.

mod people;

use reqwest::Method;
use roost_server::http::{document, routes};
use roost_shared::{Refusal, room::RoomKind};
use roost_tests::{
    door::{Heard, SignIn},
    ids,
    world::World,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_route_is_described_and_nothing_else() {
    let document = document();
    let described: BTreeSet<String> = operations(&document)
        .into_iter()
        .map(|(method, path, _)| format!("{} {path}", method.to_uppercase()))
        .collect();
    let plain = |path: &str| path.replace("{*", "{");
    let routes: BTreeSet<String> =
        routes().into_iter().map(|(method, path)| format!("{method} {}", plain(path))).collect();
    assert_eq!(described, routes);
}

#[test]
fn the_description_holds_together() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert!(resolved(&document, &document) > 20);
    let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let door = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{door} shares its id");
        for told in ["summary", "x-roost-who"] {
            let text = operation[told].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{door} does not say {told}");
        }
        for code in operation["x-roost-refusals"].as_array().unwrap() {
            assert!(codes.contains(code.as_str().unwrap()), "{door}: {code} is no refusal");
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = parameters.iter().filter(|one| one["in"] == "path");
        let named: BTreeSet<&str> = in_path.map(|one| one["name"].as_str().unwrap()).collect();
        let inside: BTreeSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(named, inside, "{door}");
    }
    let refused = &document["components"]["schemas"]["Refused"]["properties"]["code"]["enum"];
    assert_eq!(refused.as_array().unwrap().len(), Refusal::ALL.len());
}

/// Where a draft is judged: by its kind, by what kinds look at, by the log and by the database.
const JUDGES: [&str; 9] = [
    "shared/src/kind",
    "shared/src/context.rs",
    "shared/src/tally.rs",
    "shared/src/text.rs",
    "shared/src/room.rs",
    "shared/src/policy.rs",
    "server/src/log.rs",
    "server/src/log/batch.rs",
    "server/src/store/mod.rs",
];
/// What the same files say at other doors.
const ELSEWHERE: [&str; 1] = ["query_invalid"];
/// What is said before a draft is read.
const BEFORE: [&str; 6] = [
    "sign_in_again",
    "device_ended",
    "sign_in_copied",
    "too_many",
    "frame_malformed",
    "frame_too_large",
];

#[test]
fn whoever_appends_can_read_beforehand_how_it_may_be_refused() {
    let document = document();
    let append = &document["paths"]["/api/rooms/{room}/entries"]["post"];
    let said = append["x-roost-refusals"].as_array().unwrap();
    let said: BTreeSet<&str> = said.iter().map(|code| code.as_str().unwrap()).collect();
    let mut judged: BTreeSet<&str> = BEFORE.into();
    for text in JUDGES.into_iter().flat_map(texts) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for name in code.split("Refusal::").skip(1) {
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
            let named = Refusal::ALL.iter().find(|refusal| format!("{refusal:?}") == name);
            judged.extend(named.map(|refusal| refusal.code()));
        }
    }
    judged.retain(|code| !ELSEWHERE.contains(code));
    assert_eq!(said, judged);
}

/// The text of a source file, or of each in a folder.
fn texts(path: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path);
    let files = match fs::read_dir(&path) {
        Ok(folder) => folder.map(|file| file.unwrap().path()).collect(),
        Err(_) => vec![path],
    };
    files.into_iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[tokio::test]
async fn answers_have_the_shapes_that_are_described() {
    let world = World::new().await;
    let sam = world.sign_in("sam").await;
    let circle = world.room("sam", RoomKind::Circle).await;
    let heard = |method: Method, path: String, body: Value| {
        let (door, access) = (world.door.clone(), sam.access.clone());
        async move { door.ask(method, &path, Some(&access), Some(&body)).await.unwrap() }
    };
    let link = world.app().people.enrol(world.person("amara")).await.unwrap();
    let entries = "/api/rooms/{room}/entries";
    let in_circle = entries.replace("{room}", &circle.to_string());
    let elsewhere = entries.replace("{room}", &ids::room().to_string());
    let id = ids::entry();
    let draft = json!({ "id": id, "kind": "message", "body": { "text": "good morning" } });
    let answer = json!({ "id": ids::entry(), "kind": "message", "target": id,
        "body": { "text": "to you too" } });
    let edit = json!({ "id": ids::entry(), "kind": "edit", "target": id,
        "body": { "text": "good evening" } });
    let versions = "/api/rooms/{room}/entries/{entry}/versions";
    let accept = json!({ "token": link, "device": ids::device(), "device_name": "a phone" });
    let (get, post) = (Method::GET, Method::POST);
    let (look, me) = ("/api/enrolments/look", "/api/me");
    let table = [
        (&post, look, look.to_owned(), json!({ "token": link }), "Invitation"),
        (&post, look, look.to_owned(), json!({ "token": "made up" }), "Refused"),
        (&post, look, look.to_owned(), json!({ "colour": 1 }), "Refused"),
        (&post, "/api/enrolments/accept", "/api/enrolments/accept".into(), accept, "SignIn"),
        (&post, entries, in_circle.clone(), draft.clone(), "Taken"),
        (&post, entries, in_circle.clone(), draft.clone(), "Taken"),
        (&post, entries, in_circle.clone(), answer, "Taken"),
        (&post, entries, elsewhere, draft.clone(), "Refused"),
        (&post, entries, in_circle.clone(), json!({}), "Refused"),
        (&get, entries, format!("{in_circle}?after=0"), json!(null), "Page"),
        (&post, entries, in_circle.clone(), edit, "Taken"),
        (&get, versions, format!("{in_circle}/{id}/versions"), json!(null), "Versions"),
        (&get, versions, format!("{in_circle}/{}/versions", ids::entry()), json!(null), "Refused"),
        (&get, me, me.to_owned(), json!(null), "Welcome"),
        (&post, "/api/session/refresh", "/api/session/refresh".into(), refresh(&sam), "SignIn"),
    ];
    let document = document();
    for (method, route, path, body, expected) in table {
        let heard = heard(method.clone(), path, body).await;
        let schema = answered(&document, method, route, &heard);
        let name = schema["$ref"].as_str().and_then(|link| link.rsplit('/').next());
        assert_eq!(name, Some(expected), "{method} {route}: {}", heard.text);
        let wrong = unlike(&document, schema, &heard.json(), "");
        assert!(wrong.is_empty(), "{method} {route}: {wrong:?} of {}", heard.text);
    }
}

#[tokio::test]
async fn the_page_asks_nothing_of_other_machines_and_reads_no_markup() {
    let world = World::new().await;
    for path in ["/api/", "/api/reader.css", "/api/reader.mjs", "/api/openapi.json"] {
        let heard = world.door.ask(Method::GET, path, None, None).await.unwrap();
        let text = heard.text;
        assert_eq!(heard.status, 200, "{path}");
        for foreign in ["http:", "https:", "//cdn", "@import", "url("] {
            assert!(!text.contains(foreign), "{path} says {foreign}");
        }
        for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!text.contains(markup), "{path} says {markup}");
        }
        for inline in ["style=", "onclick", "<style", "<script>"] {
            assert!(!text.contains(inline), "{path} says {inline}, which the policy forbids");
        }
    }
}

fn refresh(sign_in: &SignIn) -> Value {
    json!({ "refresh": sign_in.refresh })
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(&String, &String, &Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((method, path, operation));
        }
    }
    all
}

/// Follows every `$ref`; how many there are.
fn resolved(document: &Value, part: &Value) -> usize {
    let link = part.get("$ref").and_then(Value::as_str);
    if let Some(link) = link {
        assert!(!follow(document, link).is_null(), "{link} leads nowhere");
    }
    let within: usize = match part {
        Value::Object(fields) => fields.values().map(|field| resolved(document, field)).sum(),
        Value::Array(items) => items.iter().map(|item| resolved(document, item)).sum(),
        _ => 0,
    };
    within + usize::from(link.is_some())
}

fn follow<'a>(document: &'a Value, link: &str) -> &'a Value {
    document.pointer(link.strip_prefix('#').unwrap()).unwrap_or(&Value::Null)
}

/// The schema that is described for this answer.
fn answered<'a>(document: &'a Value, method: &Method, route: &str, heard: &Heard) -> &'a Value {
    let operation = &document["paths"][route][method.as_str().to_lowercase()];
    let answers = &operation["responses"];
    let named = answers.get(heard.status.as_str());
    let Some(answer) = named else {
        let code = &heard.json()["code"];
        let told = operation["x-roost-refusals"].as_array().unwrap();
        assert!(told.contains(code), "{method} {route} does not say that it refuses {code}");
        let link = answers["default"]["$ref"].as_str().unwrap();
        return &follow(document, link)["content"]["application/problem+json"]["schema"];
    };
    &answer["content"]["application/json"]["schema"]
}

/// Where a value is not what its schema says, by path. A field that no schema names is wrong too.
fn unlike(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(link) = schema.get("$ref").and_then(Value::as_str) {
        return unlike(document, follow(document, link), value, at);
    }
    let mut wrong = Vec::new();
    let kind = schema["type"].as_str().unwrap_or_default();
    let fits = match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        _ => false,
    };
    let listed = schema["enum"].as_array();
    if !fits || listed.is_some_and(|values| !values.contains(value)) {
        wrong.push(format!("{at} is no {kind}"));
    }
    for item in value.as_array().into_iter().flatten() {
        wrong.extend(unlike(document, &schema["items"], item, &format!("{at}[]")));
    }
    let Some(fields) = schema["properties"].as_object() else { return wrong };
    for (name, field) in value.as_object().into_iter().flatten() {
        match fields.get(name) {
            Some(schema) => {
                wrong.extend(unlike(document, schema, field, &format!("{at}.{name}")));
            }
            None => wrong.push(format!("{at}.{name} is not described")),
        }
    }
    let needed = schema["required"].as_array().into_iter().flatten();
    let absent = needed.filter(|name| value.get(name.as_str().unwrap()).is_none());
    wrong.extend(absent.map(|name| format!("{at}.{name} is missing")));
    wrong
}

#[test]
fn what_differs_from_its_shape_is_seen() {
    let document = document();
    let schema = json!({ "$ref": "#/components/schemas/Taken" });
    let id = ids::room().to_string();
    let good = json!({ "room": id, "id": id, "seq": 1, "at": 2 });
    assert_eq!(unlike(&document, &schema, &good, "").len(), 0);
    let table = [
        ("seq", json!("1"), 1),
        ("at", json!(null), 1),
        ("colour", json!("green"), 1),
        ("room", json!({}), 1),
    ];
    for (name, value, wrong) in table {
        let mut bad = good.clone();
        bad[name] = value;
        assert_eq!(unlike(&document, &schema, &bad, "").len(), wrong, "{name}");
    }
    assert_eq!(unlike(&document, &schema, &json!({}), "").len(), 4);
}
