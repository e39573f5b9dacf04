//! The few HTTP requests of a phone: look at an invitation, accept it, renew the sign-in, end it
//! (PROTOCOL § 1). The only file that names reqwest. Keeps nothing and retries nothing.

use crate::error::BridgeError;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use roost_shared::{DeviceId, PersonId, refusal::Told};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use std::{sync::LazyLock, time::Duration};

/// A request is given up after this long.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// One pool of connections for all phones of a process: a load test has thousands.
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    Client::builder()
        .timeout(REQUEST_TIMEOUT)
        .build()
        .expect("without TLS there is nothing in a client that could fail to load")
});

/// What an enrolment link promises.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Invitation {
    pub constellation: String,
    pub name: String,
    pub role: String,
    /// Epoch ms.
    pub expires_at: i64,
}

/// A sign-in, as `accept` and `refresh` give it.
#[derive(Clone, Deserialize)]
pub struct SignIn {
    pub person: PersonId,
    pub device: DeviceId,
    /// The access token. Goes into `hello`, and nowhere else.
    pub access: String,
    /// The refresh token; its predecessor may be dropped when this one is stored.
    pub refresh: String,
}

/// Asks what a link is for. Spends nothing.
///
/// # Errors
/// `Refused`, `Unreachable`.
pub async fn look(base: &str, token: &str) -> Result<Invitation, BridgeError> {
    let url = format!("{base}/api/enrolments/look");
    answer(CLIENT.post(url).json(&json!({ "token": token }))).await
}

/// Accepts an invitation for this device. Spends it, but may be repeated if the answer was lost.
///
/// # Errors
/// `Refused`, `Unreachable`.
pub async fn accept(
    base: &str,
    token: &str,
    device: DeviceId,
    device_name: &str,
) -> Result<SignIn, BridgeError> {
    let body = json!({
        "token": token, "device": device, "device_name": device_name, "cookie": false,
    });
    answer(CLIENT.post(format!("{base}/api/enrolments/accept")).json(&body)).await
}

/// Renews a sign-in.
///
/// # Errors
/// `Refused`, `Unreachable`.
pub async fn refresh(base: &str, refresh: &str) -> Result<SignIn, BridgeError> {
    let url = format!("{base}/api/session/refresh");
    answer(CLIENT.post(url).json(&json!({ "refresh": refresh }))).await
}

/// Ends the sign-in of this device everywhere.
///
/// # Errors
/// `Refused`, `Unreachable`.
pub async fn end(base: &str, access: &str) -> Result<(), BridgeError> {
    let url = format!("{base}/api/session/end");
    let response = CLIENT.post(url).bearer_auth(access).send().await;
    passed(response.map_err(BridgeError::network)?).await.map(|_| ())
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, BridgeError> {
    let response = request.send().await.map_err(BridgeError::network)?;
    passed(response).await?.json().await.map_err(BridgeError::network)
}

/// Lets an answer pass unless it is a no. A no that is not Roost's own (a proxy's, say) is trouble
/// on the way, not a decision.
async fn passed(response: Response) -> Result<Response, BridgeError> {
    let status: StatusCode = response.status();
    if status.is_success() {
        return Ok(response);
    }
    match response.json::<Told>().await {
        Ok(told) => Err(BridgeError::Refused(told)),
        Err(_) => Err(BridgeError::network(format!("the answer was {status}"))),
    }
}
