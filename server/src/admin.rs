//! `roost admin`: the operator at the machine's own command line. It works beside a running server,
//! which notices what changed within a second. Every act leaves a row in the trail.

use clap::{Args, Subcommand, ValueEnum};
use roost_server::{
    App, Config, clock,
    error::Result,
    people::{
        By,
        agreement::{Agreement, Band, Capacity},
        enrol::Invited,
        register::NewPerson,
    },
    store::enrolments::Way,
};
use roost_shared::{ConstellationId, DeviceId, EntryId, HomeId, PersonId, ServiceId, policy::Role};

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
    /// Add a person to a constellation; carers and young people need their home, a young person
    /// the agreement for them.
    AddPerson {
        constellation: ConstellationId,
        role: RoleName,
        name: String,
        #[arg(long)]
        home: Option<HomeId>,
        #[command(flatten)]
        agreed: Agreed,
    },
    /// Print a new enrolment link for a person, and the code that opens it, to be told apart from
    /// it; their earlier unused links stop working.
    Enrol {
        person: PersonId,
        /// The phone is here: the link opens without a code.
        #[arg(long)]
        in_hand: bool,
    },
    /// Give a liaison worker a further constellation.
    AddLiaison { constellation: ConstellationId, person: PersonId },
    /// Move a person to another home of their constellation; their rooms follow.
    MovePerson { constellation: ConstellationId, person: PersonId, home: HomeId },
    /// Suspend a person: signed out everywhere at once.
    Suspend { constellation: ConstellationId, person: PersonId },
    /// Propose to lift a suspension; somebody else has to confirm.
    Lift { constellation: ConstellationId, person: PersonId },
    /// Confirm what somebody else proposed.
    Confirm { constellation: ConstellationId, proposal: EntryId },
    /// Take back a person who had ended, and print their new link.
    ReturnPerson {
        constellation: ConstellationId,
        person: PersonId,
        #[arg(long)]
        home: Option<HomeId>,
        #[command(flatten)]
        agreed: Agreed,
    },
    /// End a person: out of every room, signed out everywhere.
    EndPerson { person: PersonId },
    /// Sign a phone out.
    EndDevice { device: DeviceId },
    /// Take the machine's clock for right (on Postgres the database's), after an alarm that begins
    /// with CLOCK: set that clock first. Whatever ran out stays so; links and sign-ins of a later
    /// time than it tells are good until then. A running server follows within ten seconds.
    AcceptClock,
    /// List everything: services, constellations, homes, people, phones.
    List,
}

/// The agreement for a young person, made today.
#[derive(Args)]
pub struct Agreed {
    /// Who agreed that this young person takes part.
    #[arg(long, requires = "capacity", value_name = "NAME")]
    agreed_by: Option<String>,
    /// As what they agreed.
    #[arg(long)]
    capacity: Option<CapacityName>,
    /// The carer's delegated authority covers it.
    #[arg(long)]
    delegated: bool,
    /// The young person is eleven or twelve.
    #[arg(long)]
    under_13: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum CapacityName {
    ParentalResponsibility,
    LocalAuthority,
    Carer,
}

impl Agreed {
    fn at(self, agreed_at: i64) -> Option<Agreement> {
        let capacity = match self.capacity? {
            CapacityName::ParentalResponsibility => Capacity::ParentalResponsibility,
            CapacityName::LocalAuthority => Capacity::LocalAuthority,
            CapacityName::Carer => Capacity::Carer,
        };
        let band = if self.under_13 { Band::From11 } else { Band::From13 };
        let (agreed_by, delegated) = (self.agreed_by?, self.delegated);
        Some(Agreement { band, agreed_by, capacity, delegated, agreed_at })
    }
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
    let base = base(&config);
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
        Command::AddPerson { constellation, role, name, home, agreed } => {
            let new = NewPerson { constellation, home, role: role.into(), name: &name };
            let person = if new.role == Role::Young {
                let agreement = agreed.at(app.clock.now());
                people.invite(By::Operator, &new, agreement.as_ref()).await?.person
            } else {
                people.add_person(new).await?
            };
            println!("{person}");
        }
        Command::AddLiaison { constellation, person } => {
            people.add_liaison(constellation, person).await?;
        }
        Command::MovePerson { constellation, person, home } => {
            people.move_home(By::Operator, constellation, person, home).await?;
        }
        Command::Suspend { constellation, person } => {
            people.suspend(By::Operator, constellation, person).await?;
        }
        Command::Lift { constellation, person } => {
            let proposed = people.propose_lift(By::Operator, constellation, person).await?;
            println!("{}", proposed.proposal);
        }
        Command::Confirm { constellation, proposal } => {
            let done = people.confirm(By::Operator, constellation, proposal).await?;
            if let Some(invited) = done.invited {
                tell(&base, &invited);
            }
        }
        Command::ReturnPerson { constellation, person, home, agreed } => {
            let (of, agreement) = ((constellation, person), agreed.at(app.clock.now()));
            let invited = people.take_back(By::Operator, of, home, agreement.as_ref()).await?;
            tell(&base, &invited);
        }
        Command::Enrol { person, in_hand } => {
            let way = if in_hand { Way::Hand } else { Way::Link };
            tell(&base, &people.enrol_by(person, way).await?);
        }
        Command::EndPerson { person } => people.end_person(person).await?,
        Command::EndDevice { device } => people.end_device(device).await?,
        Command::AcceptClock => tell_time(people.accept_clock().await?),
        Command::List => print!("{}", list(&app).await?),
    }
    app.close().await;
    Ok(())
}

/// Where links lead.
fn base(config: &Config) -> String {
    match config.server.public_url.as_str() {
        "" => format!("http://{}", config.server.listen),
        url => url.to_owned(),
    }
}

fn tell_time(now: i64) {
    let now = clock::utc(now);
    println!("It is {now}. A running server goes by that within ten seconds.");
}

/// The link, and the code that opens it on a line of its own: it is told apart from the link.
fn tell(base: &str, invited: &Invited) {
    println!("{base}/join#{}", invited.token);
    if let Some(code) = &invited.code {
        println!("code {code}");
    }
}

async fn list(app: &App) -> Result<String> {
    let mut text = String::new();
    for line in app.people.register().await? {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}
