//! Knocks at the doors of people: as every actor, of everybody they could mean.

use super::{ACTORS, Scene, subject::Subject};
use reqwest::{Method, StatusCode};
use roost_server::people::session::Me;
use roost_tests::door::{Heard, SignIn};
use serde::Deserialize;

/// The actors who are signed in: the letters of a row are theirs, in this order.
const LETTERS: usize = 5;

/// Who may do something about people at all: liaison workers, and admins.
const LED: [usize; 2] = [2, 4];

/// A row about people: by whom it is asked about, a letter for each actor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Door {
    pub(super) ask: String,
    #[serde(default = "nobody")]
    own: String,
    #[serde(default = "nobody")]
    same: String,
    #[serde(default = "nobody")]
    service: String,
    #[serde(default = "nobody")]
    elsewhere: String,
    #[serde(default = "nobody")]
    ended: String,
    #[serde(default = "nobody")]
    held: String,
    #[serde(default = "nobody")]
    admin: String,
    #[serde(default = "nobody")]
    young: String,
}

fn nobody() -> String {
    ".".repeat(LETTERS)
}

/// Whom a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    Own,
    Same,
    Service,
    Elsewhere,
    Ended,
    Held,
    Admin,
    Young,
}

impl Door {
    fn rows(&self) -> [(Whom, &str); 8] {
        [
            (Whom::Own, &self.own),
            (Whom::Same, &self.same),
            (Whom::Service, &self.service),
            (Whom::Elsewhere, &self.elsewhere),
            (Whom::Ended, &self.ended),
            (Whom::Held, &self.held),
            (Whom::Admin, &self.admin),
            (Whom::Young, &self.young),
        ]
    }

    /// About whom it is asked by an actor who may, if anybody may.
    pub(super) fn taken(&self) -> (Whom, usize) {
        let done = |(whom, letters): (Whom, &str)| {
            let may = |place: &usize| letters.as_bytes()[*place] == b'Y';
            LED.into_iter().find(may).map(|place| (whom, place))
        };
        let [own, others @ ..] = self.rows();
        others.into_iter().find_map(done).or(done(own)).unwrap_or((Whom::Same, LED[0]))
    }

    /// Whether it only looks.
    pub(super) fn reads(&self) -> bool {
        self.ask.starts_with("GET ")
    }
}

pub(super) async fn knock(doors: &[Door], scene: &Scene) {
    for door in doors {
        for (whom, letters) in door.rows() {
            assert_eq!(letters.len(), LETTERS, "{} of {whom:?}", door.ask);
            if whom == Whom::Own {
                knock_for_oneself(door, letters, scene).await;
            } else {
                knock_for(door, (whom, letters), scene).await;
            }
        }
        knock_from_outside(door, scene).await;
    }
}

/// Everybody knocks about the same person until somebody may: who was refused has changed nothing.
async fn knock_for(door: &Door, (whom, letters): (Whom, &str), scene: &Scene) {
    let mut actors: Vec<(usize, char)> =
        letters.chars().enumerate().filter(|(_, letter)| *letter != '.').collect();
    actors.sort_by_key(|(_, letter)| *letter == 'Y');
    let mut waiting = None;
    for (place, letter) in actors {
        let mut subject = match waiting.take() {
            Some(subject) => subject,
            None => Subject::stand(&door.ask, whom, scene).await,
        };
        let own = scene.sign_ins[place].as_ref().unwrap();
        if whom == Whom::Ended && door.ask.contains(" /api/devices/") {
            subject.device = ended_phone(own, scene).await;
        }
        check(door, (whom, place, letter), (own, &subject), scene).await;
        waiting = (letter != 'Y').then_some(subject);
    }
}

async fn ended_phone(own: &SignIn, scene: &Scene) -> roost_shared::DeviceId {
    let lost = scene.again(own).await.device;
    scene.world.app().people.end_device(lost).await.unwrap();
    lost
}

/// Each time somebody new, since they may end themselves.
async fn knock_for_oneself(door: &Door, letters: &str, scene: &Scene) {
    for (place, letter) in letters.chars().enumerate().filter(|(_, letter)| *letter != '.') {
        let own = Subject::enlist(ACTORS[place], scene).await;
        let me: Me = scene.world.app().people.authenticate(&own.access).await.unwrap();
        let subject = Subject::oneself(&door.ask, &me, scene).await;
        check(door, (Whom::Own, place, letter), (&own, &subject), scene).await;
    }
}

async fn check(
    door: &Door,
    (whom, place, letter): (Whom, usize, char),
    (own, subject): (&SignIn, &Subject),
    scene: &Scene,
) {
    let cell = format!("{} of {whom:?} as {}", door.ask, ACTORS[place]);
    let heard = ask(door, Some(own), subject, scene).await;
    let status = heard.status.as_u16();
    let fits = match letter {
        'Y' => heard.status.is_success(),
        '-' => status == 403,
        '0' => status == 404,
        '=' => status == 409,
        '?' => status == 422,
        other => panic!("{other:?} is no letter of the matrix"),
    };
    assert!(fits, "{cell} is {letter} and heard {status} {}", heard.text);
    if heard.status == StatusCode::NOT_FOUND {
        let missing = ask(door, Some(own), &subject.missing(), scene).await;
        assert_eq!(heard, missing, "{cell} differs from what is not there");
    }
}

/// Whoever is not signed in, or no more, hears the same of anything.
async fn knock_from_outside(door: &Door, scene: &Scene) {
    let whom = if door.ask.contains("/proposals") { Whom::Held } else { Whom::Same };
    let subject = Subject::stand(&door.ask, whom, scene).await;
    for (subject, of) in [(subject.missing(), "nobody"), (subject, "somebody")] {
        let outsider = ask(door, None, &subject, scene).await;
        assert_eq!(outsider.status, StatusCode::UNAUTHORIZED, "{} of {of}", door.ask);
        let revoked = scene.sign_ins.last().unwrap().as_ref();
        let revoked = ask(door, revoked, &subject, scene).await;
        assert_eq!(revoked.code(), "device_ended", "{} of {of}", door.ask);
        for gone in &scene.gone {
            let heard = ask(door, Some(gone), &subject, scene).await;
            assert_eq!(heard, revoked, "{} of {of}", door.ask);
        }
    }
}

async fn ask(door: &Door, own: Option<&SignIn>, subject: &Subject, scene: &Scene) -> Heard {
    let (method, path) = door.ask.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let (path, body) = (subject.path(path), subject.body.as_ref());
    let access = own.map(|own| own.access.as_str());
    scene.world.door.ask(method, &path, access, body).await.unwrap()
}
