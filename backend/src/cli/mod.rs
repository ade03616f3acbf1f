//! The command line: what scripts and administrators rely on.

mod account;
mod chain;
mod check;
mod serve;
#[cfg(feature = "sample-city")]
mod simulate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use city_api::requests::officer::OfficerRole;
use city_backend::{Admin, BlobPlace, Database};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// The city: takes packets from kiosks, files cases, publishes the catalogue.
#[derive(Debug, Parser)]
#[command(
    name = "city-backend",
    version,
    after_help = "Examples:
  city-backend serve --listen 127.0.0.1:8443
  city-backend enrol-code --station S001
  city-backend officer-token --body ZSJ --role window --person w1
  city-backend account add --name zhao --body ZSJ --role window --trained-until 2027-06-30
  city-backend catalogue check new-item.json --against catalogue.json --json
  city-backend chain verify --heads kiosk-A22.jsonl"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the city until SIGTERM; prints `listening on URL` on standard error when ready.
    #[command(after_help = "Examples:
  city-backend serve
  city-backend serve --database sqlite:/srv/city/city.sqlite --blobs /srv/city/blobs --keys /srv/city/keys
  city-backend serve --tls cert.pem key.pem --catalogue /srv/city/catalogue --departments http://10.0.0.2:9000")]
    Serve(serve::Serve),
    /// Prints a one-time code by which a kiosk enrols at a station (15 minutes, one use).
    #[command(
        name = "enrol-code",
        after_help = "Example: city-backend enrol-code --station S001"
    )]
    EnrolCode(EnrolCode),
    /// Revokes the enrolment of a kiosk that was stolen or opened: its signature and certificate are worth nothing from
    /// its next request on. It comes back by a new code, as another kiosk.
    #[command(
        name = "revoke-kiosk",
        after_help = "Example: city-backend revoke-kiosk --kiosk A22 --why stolen"
    )]
    RevokeKiosk(RevokeKiosk),
    /// Prints a bearer token for an officer of a body; only its hash is stored.
    #[command(
        name = "officer-token",
        after_help = "Example: city-backend officer-token --body SFJ --role approver --person a1"
    )]
    OfficerToken(OfficerToken),
    /// Makes, lists and closes the accounts of people who work for the city.
    Account {
        #[command(subcommand)]
        command: account::AccountCommand,
    },
    /// Verifies the hash chain over all events.
    Chain {
        #[command(subcommand)]
        command: chain::ChainCommand,
    },
    /// Checks catalogue files.
    Catalogue {
        #[command(subcommand)]
        command: check::CatalogueCommand,
    },
    /// Serves the registers and services of the fictional departments; prints `listening on URL`.
    #[cfg(feature = "sample-city")]
    #[command(after_help = "Example: city-backend departments --listen 127.0.0.1:9000")]
    Departments(serve::Departments),
    /// Lets simulated kiosks say how they are, file and come back all at once; prints what the city carried.
    #[cfg(feature = "sample-city")]
    #[command(
        name = "simulate-kiosks",
        after_help = "Examples:
  city-backend simulate-kiosks 500 --seconds 30
  city-backend simulate-kiosks 10000 --city https://city.example --database sqlite:city/city.sqlite --keys city/keys"
    )]
    SimulateKiosks(simulate::SimulateKiosks),
    /// Writes a consistent copy of the database and of the blobs, while the city serves or not; never the keys.
    #[command(after_help = "Example: city-backend backup --to /mnt/backup/2026-03-02")]
    Backup(Backup),
    /// Removes sealed parts that no packet names, in two sweeps, and reports packets whose parts are not there.
    #[command(after_help = "Examples:
  city-backend sweep
  city-backend sweep --older-than-hours 72 --all

Run it once a day. Exit 1 when a part or document is missing.")]
    Sweep(Sweep),
    /// Puts a backup back into an empty place.
    #[command(after_help = "Example: city-backend restore --from /mnt/backup/2026-03-02")]
    Restore(Restore),
}

/// Where a city keeps its things.
#[derive(Debug, Args)]
struct Places {
    /// The database: `sqlite:PATH`, or `postgres://USER@HOST,HOST/NAME` where this build has it.
    #[arg(long, default_value = "sqlite:city/city.sqlite")]
    database: Database,
    /// Folder of sealed parts and documents, or `s3://BUCKET/PREFIX` where this build has it (`AWS_…` of the environment
    /// has endpoint, region and credentials).
    #[arg(long, default_value = "city/blobs")]
    blobs: BlobPlace,
    /// Folder of keys.
    #[arg(long, default_value = "city/keys")]
    keys: PathBuf,
    /// Folder of the catalogue. Absent: `catalogue` beside an SQLite database, else beside the keys.
    #[arg(long)]
    catalogue: Option<PathBuf>,
}

impl Places {
    /// Makes the folder of an SQLite database: for a city that may be new.
    fn make_folder(&self) -> anyhow::Result<()> {
        if let Database::Sqlite(path) = &self.database
            && let Some(folder) = path.parent()
        {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("making {}", folder.display()))?;
        }
        Ok(())
    }

    /// The folder of blobs; None, said aloud, for a bucket.
    fn blob_folder(&self) -> Option<&Path> {
        match &self.blobs {
            BlobPlace::Folder(path) => Some(path),
            BlobPlace::S3 { url, .. } => {
                println!("the blobs stay in {url}: its service has tools of its own for them");
                None
            }
        }
    }

    fn catalogue(&self) -> PathBuf {
        let neighbour = match &self.database {
            Database::Sqlite(path) => path,
            Database::Postgres(_) => &self.keys,
        };
        let beside = || neighbour.with_file_name("catalogue");
        self.catalogue.clone().unwrap_or_else(beside)
    }

    /// The city that is there.
    fn admin(&self) -> anyhow::Result<Admin> {
        let admin = Admin::open(&self.database, &self.keys, &self.catalogue())?;
        Ok(admin)
    }
}

#[derive(Debug, Args)]
struct EnrolCode {
    #[command(flatten)]
    places: Places,
    /// Id of the station, as in the catalogue.
    #[arg(long)]
    station: String,
}

#[derive(Debug, Args)]
struct RevokeKiosk {
    #[command(flatten)]
    places: Places,
    /// Its three characters.
    #[arg(long)]
    kiosk: String,
    /// Why; it stands in the list of kiosks and in the events.
    #[arg(long)]
    why: String,
}

#[derive(Debug, Args)]
struct OfficerToken {
    #[command(flatten)]
    places: Places,
    /// Id of the body, as in the catalogue.
    #[arg(long)]
    body: String,
    /// What the officer may do.
    #[arg(long)]
    role: RoleName,
    /// Who it is: one person may have several tokens and never accepts and decides one case. Absent: a new person.
    #[arg(long)]
    person: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    /// Accepts and asks for supplements.
    Window,
    /// Handles the steps of its body.
    Officer,
    /// Decides.
    Approver,
}

impl From<RoleName> for OfficerRole {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Window => Self::Window,
            RoleName::Officer => Self::Officer,
            RoleName::Approver => Self::Approver,
        }
    }
}

#[derive(Debug, Args)]
struct Backup {
    #[command(flatten)]
    places: Places,
    /// Folder to write to; it must not exist yet.
    #[arg(long)]
    to: PathBuf,
}

#[derive(Debug, Args)]
struct Sweep {
    #[command(flatten)]
    places: Places,
    /// Younger parts are never touched: their packets may be on the way.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..))]
    older_than_hours: u32,
    /// Looks at everything, not only at what came since the last sweep.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
struct Restore {
    #[command(flatten)]
    places: Places,
    /// Folder written by `backup`.
    #[arg(long)]
    from: PathBuf,
}

impl Cli {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::EnrolCode(asked) => {
                println!("{}", asked.places.admin()?.enrol_code(&asked.station)?);
                Ok(ExitCode::SUCCESS)
            }
            Command::RevokeKiosk(asked) => {
                let admin = asked.places.admin()?;
                admin.revoke_kiosk(&asked.kiosk, &asked.why)?;
                println!("kiosk {} is revoked", asked.kiosk);
                Ok(ExitCode::SUCCESS)
            }
            Command::OfficerToken(asked) => {
                let admin = asked.places.admin()?;
                println!(
                    "{}",
                    admin.officer_token(&asked.body, asked.role.into(), asked.person.as_deref())?
                );
                Ok(ExitCode::SUCCESS)
            }
            Command::Account { command } => command.run(),
            Command::Chain { command } => command.run(),
            Command::Catalogue { command } => command.run(),
            #[cfg(feature = "sample-city")]
            Command::Departments(departments) => departments.run(),
            #[cfg(feature = "sample-city")]
            Command::SimulateKiosks(asked) => asked.run(),
            Command::Backup(backup) => backup.run(),
            Command::Sweep(sweep) => sweep.run(),
            Command::Restore(restore) => restore.run(),
        }
    }
}

const DATABASE: &str = "city.sqlite";
const BLOBS: &str = "blobs";

impl Backup {
    /// Database first: a blob that comes later is in no row of the copy, and every row's blob is there.
    fn run(self) -> anyhow::Result<ExitCode> {
        let blobs = self.places.blob_folder();
        let admin = self.places.admin()?;
        std::fs::create_dir(&self.to).with_context(|| format!("making {}", self.to.display()))?;
        admin.backup(&self.to.join(DATABASE))?;
        let copied = blobs.map(|blobs| copy_tree(blobs, &self.to.join(BLOBS)));
        let blobs = copied.transpose()?.unwrap_or_default();
        println!(
            "database and {blobs} blobs written to {}",
            self.to.display()
        );
        println!(
            "the keys are not in it: keep {} apart",
            self.places.keys.display()
        );
        Ok(ExitCode::SUCCESS)
    }
}

impl Sweep {
    fn run(self) -> anyhow::Result<ExitCode> {
        let admin = self.places.admin()?;
        let swept = admin.sweep(&self.places.blobs, self.older_than_hours, self.all)?;
        println!(
            "{} looked at, {} put aside, {} put back, {} removed, {} uploads given up",
            swept.looked_at, swept.put_aside, swept.put_back, swept.removed, swept.uploads
        );
        for missing in &swept.missing {
            println!("missing: {} {}", missing.row, missing.name);
        }
        Ok(ExitCode::from(u8::from(!swept.missing.is_empty())))
    }
}

/// Files that SQLite keeps beside a database: read as its own by the next that opens one of this name.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

impl Restore {
    /// Blobs first and the database last, under its name only when all of it is on the disk: a restore that broke off
    /// leaves no city that starts.
    fn run(self) -> anyhow::Result<ExitCode> {
        let Database::Sqlite(database) = &self.places.database else {
            anyhow::bail!("a PostgreSQL database is restored with its own tools: pg_restore");
        };
        let blobs = self.places.blob_folder();
        let copy = self.from.join(DATABASE);
        anyhow::ensure!(copy.is_file(), "{} is not there", copy.display());
        let beside = BESIDE.map(|end| with_end(database, end));
        for path in std::iter::once(database).chain(&beside) {
            anyhow::ensure!(
                !path.exists(),
                "{} is there already: nothing was changed",
                path.display()
            );
        }
        if let Some(blobs) = blobs {
            anyhow::ensure!(
                is_empty(blobs)?,
                "{} is not empty: nothing was changed",
                blobs.display()
            );
        }
        self.places.make_folder()?;
        let copied = blobs.map(|blobs| copy_tree(&self.from.join(BLOBS), blobs));
        let copied = copied.transpose()?.unwrap_or_default();
        let part = with_end(database, ".part");
        let write = || -> std::io::Result<()> {
            std::fs::copy(&copy, &part)?;
            std::fs::File::open(&part)?.sync_all()?;
            std::fs::rename(&part, database)
        };
        write().with_context(|| format!("writing {}", database.display()))?;
        println!("database and {copied} blobs restored");
        Ok(ExitCode::SUCCESS)
    }
}

/// The path with something after its name.
fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Whether a folder holds nothing, or is not there.
fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    if !folder.exists() {
        return Ok(true);
    }
    let mut entries =
        std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    Ok(entries.next().is_none())
}

/// Copies the folders of blobs; returns how many files. Uploads under way are left out: their kiosk has them.
fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<u64> {
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    let mut copied = 0;
    for entry in std::fs::read_dir(from).with_context(|| format!("listing {}", from.display()))? {
        let entry = entry.with_context(|| format!("listing {}", from.display()))?;
        if entry.file_name() == city_backend::UPLOADS {
            continue;
        }
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        copied += match copy(&entry, &target) {
            Ok(copied) => copied,
            // A file on its way to its name goes from a running city; the named one is copied with its folder.
            Err(error) if is_gone(&error) => 0,
            Err(error) => return Err(error.context(format!("copying {}", source.display()))),
        };
    }
    Ok(copied)
}

fn copy(entry: &std::fs::DirEntry, target: &Path) -> anyhow::Result<u64> {
    if entry.file_type()?.is_dir() {
        return copy_tree(&entry.path(), target);
    }
    std::fs::copy(entry.path(), target)?;
    std::fs::File::open(target)?.sync_all()?;
    Ok(1)
}

fn is_gone(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::NotFound)
}
