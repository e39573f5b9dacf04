//! `roost`: parse, load, hand over. Every command is a few lines around the library.

mod admin;

use clap::{Args, Parser, Subcommand};
use roost_server::{
    App, Config, Error,
    clock::Clock,
    demo,
    error::{EXIT_CONFIG, Result},
    folder::Folder,
    limits::connections::Connections,
    opening, run, telemetry,
};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};
use tokio::{net::TcpListener, signal};

/// How long what is still under way may keep the process from ending.
const ENDING: Duration = Duration::from_secs(1);

/// The phone network of a Mockingbird constellation.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    /// A configuration file; see config/roost.toml for every key.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder, instead of store.data.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Begin a new Roost in the data folder, which holds none yet: its keys and its database.
    Begin,
    /// Serve the Roost in the data folder.
    Serve(Port),
    /// Serve a furnished constellation to look around in, with a sign-in link for every person.
    Demo {
        #[command(flatten)]
        port: Port,
        /// Let phones on this network in. Plain http: only on a network you trust.
        #[arg(long)]
        lan: bool,
    },
    /// Create services, constellations, homes and people, and their enrolment links.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Print the configuration in force, without secrets, and refuse what `serve` would refuse.
    Check,
}

#[derive(Args)]
struct Port {
    /// The port, instead of that of server.listen; 0 takes a free one.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match roost_server::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return tell(&Error::internal("starting", error)),
    };
    let done = runtime.block_on(obey(cli));
    runtime.shutdown_timeout(ENDING);
    // Nothing is left that could write: why it failed is the last line on the screen.
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => tell(&error),
    }
}

fn tell(error: &Error) -> ExitCode {
    match error {
        Error::Refused(refusal) => eprintln!("roost: {} ({refusal})", refusal.words()),
        Error::Config(_) | Error::Internal(_) => eprintln!("roost: {error}"),
    }
    match error {
        Error::Config(_) => ExitCode::from(EXIT_CONFIG),
        _ => ExitCode::FAILURE,
    }
}

async fn obey(cli: Cli) -> Result<()> {
    let mut config = Config::load(cli.config.as_deref())?;
    if let Some(data) = cli.data {
        config.store.data = data;
    }
    match cli.command {
        Command::Begin => begin(config).await,
        Command::Serve(port) => serve(config, port).await,
        Command::Demo { port, lan } => serve_demo(config, port, lan).await,
        Command::Admin(command) => {
            telemetry::start("warn")?;
            admin::obey(config, command).await
        }
        Command::Check => check(&config).await,
    }
}

async fn begin(config: Config) -> Result<()> {
    telemetry::start("warn")?;
    let data = std::path::absolute(&config.store.data).unwrap_or(config.store.data.clone());
    let app = App::begin(config).await?;
    app.close().await;
    println!("A new Roost begins in {}.", data.display());
    println!("Back up its keys with its database: neither is of use without the other.");
    println!("Next: roost admin add-service NAME");
    Ok(())
}

async fn serve(mut config: Config, port: Port) -> Result<()> {
    telemetry::start(&config.telemetry.filter)?;
    if let Some(port) = port.port {
        config.server.listen.set_port(port);
    }
    let listen = config.server.listen;
    let app = App::open(config).await?;
    run(app, bind(listen).await?, told_to_stop()).await
}

async fn serve_demo(mut config: Config, port: Port, lan: bool) -> Result<()> {
    telemetry::start("warn")?;
    config.metrics.listen.clear();
    if lan {
        config.server.listen.set_ip([0, 0, 0, 0].into());
    }
    if let Some(port) = port.port {
        config.server.listen.set_port(port);
    }
    let listener = bind(config.server.listen).await?;
    let bound = listener.local_addr().map_err(|e| Error::internal("listening", e))?;
    let base = format!("http://{}", if lan { lan_address(bound)? } else { bound });
    if config.server.public_url.is_empty() && lan {
        config.server.public_url = base.clone();
    }
    let data = config.store.data.clone();
    // What is no Roost and no empty folder either is not the demo's to furnish.
    let app = match Folder::at(&data)?.is_bare()? {
        true => App::begin(config).await?,
        false => App::open(config).await?,
    };
    let personas = demo::furnish(&app, &base).await?;
    demo::write_json(&data, &base, &personas)?;
    println!("{}", demo::tell(&base, lan, &personas));
    run(app, listener, told_to_stop()).await
}

/// The address under which other machines reach us: that of the route outwards. Nothing is sent.
fn lan_address(bound: SocketAddr) -> Result<SocketAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0");
    let ours = socket.and_then(|socket| {
        // An address of documentation (RFC 5737): connecting a datagram socket only picks the
        // route.
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    let ours =
        ours.map_err(|e| Error::Config(format!("this machine has no network address: {e}")))?;
    Ok(SocketAddr::new(ours.ip(), bound.port()))
}

async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(listen)
        .await
        .map_err(|e| Error::Config(format!("server.listen {listen} cannot be used: {e}")))
}

/// The first SIGTERM, or Ctrl-C. The second ends the process at once: what was acknowledged is on
/// disk, and phones send the rest again.
async fn told_to_stop() {
    let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    told(&mut terminate).await;
    tokio::spawn(async move {
        told(&mut terminate).await;
        tracing::warn!("told twice to stop: ending at once");
        std::process::exit(1);
    });
}

async fn told(terminate: &mut signal::unix::Signal) {
    tokio::select! {
        _ = signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// The configuration holds no secret: keys are files, named by the data folder and never printed.
async fn check(config: &Config) -> Result<()> {
    let text = toml::to_string(config).map_err(|e| Error::internal("printing", e))?;
    print!("{text}");
    let keys = config.store.data.join("keys");
    println!("\n# keys: {} (not shown)", keys.display());
    Connections::new(config, &Clock::system())?;
    opening::check(&config.store.data).await
}
