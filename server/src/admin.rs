//! `roost admin`: the operator at the machine's own command line. It works beside a running server,
//! which notices what changed within a second. Every act leaves a row in the trail.

use clap::{Subcommand, ValueEnum};
use roost_server::{App, Config, error::Result, people::register::NewPerson};
use roost_shared::{ConstellationId, DeviceId, HomeId, PersonId, ServiceId, policy::Role};

#[derive(Subcommand)]
pub enum Command {
    /// Add a fostering service.
    AddService { name: String },
    /// Add a constellation to a service.
    AddConstellation { service: ServiceId, name: String },
    /// Add a home to a constellation.
    AddHome {
        constellation: ConstellationId,
        name: String,
        /// This is the hub home: one a constellation.
        #[arg(long)]
        hub: bool,
    },
    /// Add a person to a constellation; carers and young people need their home.
    AddPerson {
        constellation: ConstellationId,
        role: RoleName,
        name: String,
        #[arg(long)]
        home: Option<HomeId>,
    },
    /// Print a new enrolment link for a person; their earlier unused links stop working.
    Enrol { person: PersonId },
    /// End a person: out of every room, signed out everywhere.
    EndPerson { person: PersonId },
    /// Sign a phone out.
    EndDevice { device: DeviceId },
    /// List everything: services, constellations, homes, people, phones.
    List,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleName {
    Admin,
    Liaison,
    Hub,
    Satellite,
    Young,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Admin => Role::Admin,
            RoleName::Liaison => Role::Liaison,
            RoleName::Hub => Role::Hub,
            RoleName::Satellite => Role::Satellite,
            RoleName::Young => Role::Young,
        }
    }
}

/// Does it, and prints the id or link that it made.
///
/// # Errors
/// The refusal, or what broke.
pub async fn obey(config: Config, command: Command) -> Result<()> {
    let base = match config.server.public_url.as_str() {
        "" => format!("http://{}", config.server.listen),
        url => url.to_owned(),
    };
    let app = App::beside(config).await?;
    let people = &app.people;
    match command {
        Command::AddService { name } => println!("{}", people.add_service(&name).await?),
        Command::AddConstellation { service, name } => {
            println!("{}", people.add_constellation(service, &name).await?);
        }
        Command::AddHome { constellation, name, hub } => {
            println!("{}", people.add_home(constellation, &name, hub).await?);
        }
        Command::AddPerson { constellation, role, name, home } => {
            let new = NewPerson { constellation, home, role: role.into(), name: &name };
            println!("{}", people.add_person(new).await?);
        }
        Command::Enrol { person } => println!("{base}/join#{}", people.enrol(person).await?),
        Command::EndPerson { person } => people.end_person(person).await?,
        Command::EndDevice { device } => people.end_device(device).await?,
        Command::List => print!("{}", list(&app).await?),
    }
    app.close().await;
    Ok(())
}

async fn list(app: &App) -> Result<String> {
    let mut text = String::new();
    for line in app.people.register().await? {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}
