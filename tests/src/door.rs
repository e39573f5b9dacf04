//! The HTTP door, as a phone uses it: accept a link, call with a token.

use crate::ids;
use reqwest::{Client, Method, Response, StatusCode};
use roost_shared::{DeviceId, PersonId};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// What a phone holds once it is signed in.
#[derive(Clone, Debug, Deserialize)]
pub struct SignIn {
    pub person: PersonId,
    pub device: DeviceId,
    pub access: String,
    pub refresh: String,
}

/// A server's address, and what is asked there.
#[derive(Clone, Debug)]
pub struct Door {
    pub address: SocketAddr,
    client: Client,
}

/// An answer, read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub status: StatusCode,
    pub text: String,
}

impl Heard {
    /// The body, if it is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

impl Door {
    /// The door of the server at this address.
    pub fn new(address: SocketAddr) -> Door {
        Door { address, client: Client::new() }
    }

    /// The address as a browser writes it.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Asks, with a token or without, with a body or without. A refusal is heard without the id of
    /// its request, which is another each time: the rest is what may be compared.
    ///
    /// # Errors
    /// When the server did not answer.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        access: Option<&str>,
        body: Option<&Value>,
    ) -> reqwest::Result<Heard> {
        let mut request = self.client.request(method, format!("{}{path}", self.base()));
        if let Some(access) = access {
            request = request.bearer_auth(access);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        hear(request.send().await?).await
    }

    /// Posts a text as a body of this type, or of none, whatever it is; else as [`Door::ask`].
    ///
    /// # Errors
    /// When the server did not answer.
    pub async fn post_text(
        &self,
        path: &str,
        access: Option<&str>,
        (kind, text): (Option<&str>, String),
    ) -> reqwest::Result<Heard> {
        let mut request = self.client.post(format!("{}{path}", self.base())).body(text);
        if let Some(access) = access {
            request = request.bearer_auth(access);
        }
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        hear(request.send().await?).await
    }

    /// Posts many bodies over one connection, one right after the other, as somebody who is in a
    /// hurry; `from` is what a proxy of ours would say of them.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn post_all(
        &self,
        path: &str,
        from: &str,
        bodies: &[Value],
    ) -> std::io::Result<Vec<Heard>> {
        let mut stream = TcpStream::connect(self.address).await?;
        let (mut ear, mut mouth) = stream.split();
        let said = async {
            for body in bodies {
                let (body, host) = (body.to_string(), self.address);
                let request = format!(
                    "POST {path} HTTP/1.1\r\nhost: {host}\r\nx-forwarded-for: {from}\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                mouth.write_all(request.as_bytes()).await?;
            }
            Ok(())
        };
        let (said, heard) = tokio::join!(said, hear_all(&mut ear, bodies.len()));
        said.and(heard)
    }

    /// Whether somebody is alive behind it.
    pub async fn is_alive(&self) -> bool {
        let heard = self.ask(Method::GET, "/healthz", None, None).await;
        heard.is_ok_and(|heard| heard.status == StatusCode::OK)
    }

    /// Taps on an enrolment link that was given from hand to hand, on a new phone.
    pub async fn accept(&self, token: &str) -> SignIn {
        self.accept_on(ids::device(), token).await
    }

    /// Joins on a new phone by what the inviter was told: the link, and the code that opens it.
    pub async fn join(&self, invited: &Value) -> SignIn {
        let (device, token) = (ids::device(), invited["token"].as_str().expect("a link"));
        let body = json!({ "token": token, "device": device, "code": invited["code"] });
        let heard = self.ask(Method::POST, "/api/enrolments/verify", None, Some(&body)).await;
        let heard = heard.expect("the server answers");
        assert_eq!(heard.status, StatusCode::NO_CONTENT, "{}", heard.text);
        self.accept_on(device, token).await
    }

    async fn accept_on(&self, device: DeviceId, token: &str) -> SignIn {
        let body = json!({ "token": token, "device": device.to_string(),
            "device_name": "a test's phone", "cookie": false });
        let path = "/api/enrolments/accept";
        let heard = self.ask(Method::POST, path, None, Some(&body)).await;
        let heard = heard.expect("the server answers");
        assert_eq!(heard.status, StatusCode::OK, "{}", heard.text);
        serde_json::from_str(&heard.text).expect("a sign-in has the fields of PROTOCOL.md")
    }
}

/// An answer, without the id of its request.
async fn hear(response: Response) -> reqwest::Result<Heard> {
    let status = response.status();
    let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    let id = id.unwrap_or("no id").to_owned();
    Ok(Heard { status, text: response.text().await?.replace(&id, "?") })
}

/// So many answers in a row, without the ids of their requests.
async fn hear_all(ear: impl AsyncRead + Unpin, count: usize) -> std::io::Result<Vec<Heard>> {
    let mut ear = BufReader::new(ear);
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        let (mut status, mut length, mut id) = (StatusCode::OK, 0, String::from("no id"));
        loop {
            let mut line = String::new();
            if ear.read_line(&mut line).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim();
            if let Some((_, rest)) = line.split_once("HTTP/1.1 ") {
                status = rest[..3].parse().expect("a status is a number");
            } else if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().expect("a length is a number");
            } else if let Some(value) = line.strip_prefix("x-request-id: ") {
                value.clone_into(&mut id);
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        ear.read_exact(&mut body).await?;
        let text = String::from_utf8_lossy(&body).replace(&id, "?");
        all.push(Heard { status, text });
    }
    Ok(all)
}
