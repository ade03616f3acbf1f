//! `account`: the first accounts of a city, and those that nobody can reach any more.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::Context as _;
use city_api::requests::Private;
use city_backend::NewAccount;
use city_catalogue::policy::StaffRole;
use clap::{Args, Subcommand};

use super::Places;

#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Makes an account and prints its password; only the password's hash is stored.
    #[command(after_help = "Examples:
  city-backend account add --name root --body ZSJ --role system
  city-backend account add --name li --body SFJ --role officer --role approver
  city-backend account add --name zhao --body ZSJ --role window --trained-until 2027-06-30 --password-stdin")]
    Add(Add),
    /// Prints every account: name, body, roles, last day of training, closed or open.
    #[command(after_help = "Example: city-backend account list")]
    List(List),
    /// Gives an account a new password and prints it; its sessions end.
    #[command(after_help = "Example: city-backend account password --name zhao")]
    Password(Named),
    /// Closes an account for ever; its sessions end.
    #[command(after_help = "Example: city-backend account close --name zhao")]
    Close(Named),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    places: Places,
    /// Name to log in with: `a` to `z`, `0` to `9`, `.`, `_`, `-`; never used again for somebody else.
    #[arg(long)]
    name: String,
    /// Id of the body, as in the catalogue.
    #[arg(long)]
    body: String,
    /// A role: system, security, audit, window, officer, approver or supervisor; again for a second one where the
    /// city's policy lets one person hold both.
    #[arg(long = "role", required = true, value_parser = role)]
    roles: Vec<StaffRole>,
    /// Last day of the training record, `YYYY-MM-DD`; a window needs one.
    #[arg(long)]
    trained_until: Option<jiff::civil::Date>,
    /// Reads the password from standard input. Absent: one is made.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    places: Places,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    #[command(flatten)]
    places: Places,
    /// Name of the account.
    #[arg(long)]
    name: String,
}

fn role(name: &str) -> Result<StaffRole, String> {
    let names = || StaffRole::ALL.iter().map(|role| role.as_str());
    StaffRole::parse(name)
        .ok_or_else(|| format!("one of {}", names().collect::<Vec<_>>().join(", ")))
}

impl AccountCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Add(add) => add.run()?,
            Self::List(list) => list.run()?,
            Self::Password(of) => {
                let password = of.places.admin()?.reset_password(&of.name)?;
                println!("{}", password.reveal());
            }
            Self::Close(of) => of.places.admin()?.close_account(&of.name)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let admin = self.places.admin()?;
        let password = if self.password_stdin {
            let mut typed = String::new();
            std::io::stdin()
                .read_to_string(&mut typed)
                .context("reading the password from standard input")?;
            Some(Private::new(typed.trim_end_matches(['\r', '\n'])))
        } else {
            None
        };
        let made = password.is_none();
        let password = admin.add_account(NewAccount {
            name: self.name,
            body: self.body,
            roles: self.roles,
            trained_until: self.trained_until,
            password,
        })?;
        if made {
            println!("{}", password.reveal());
        }
        Ok(())
    }
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        println!("name\tbody\troles\ttrained until\tclosed");
        for account in self.places.admin()?.accounts()? {
            let roles: Vec<&str> = account.roles.iter().map(|role| role.as_str()).collect();
            let trained = account.trained_until.map(|day| day.to_string());
            let closed = account.closed.map(|at| at.to_string());
            println!(
                "{}\t{}\t{}\t{}\t{}",
                account.name,
                account.body,
                roles.join(","),
                trained.unwrap_or_default(),
                closed.unwrap_or_default()
            );
        }
        Ok(())
    }
}
