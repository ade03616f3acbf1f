//! `kiosk audit`: every page looked at by a program.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use kiosk::audit::{Auditing, audit};

use super::{CHECK_FAILED, DEVICE, Exit, Failure, USAGE};

/// `kiosk audit`.
#[derive(Args)]
pub(crate) struct Audit {
    /// Few combinations, in which every two choices still meet.
    #[arg(long)]
    quick: bool,
    /// Only pages whose name holds this.
    #[arg(long, value_name = "NAME")]
    page: Option<String>,
    /// Keeps a picture of every page with a finding there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Audit {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if let Some(out) = &self.out {
            std::fs::create_dir_all(out)
                .with_context(|| format!("making {}", out.display()))
                .exit(USAGE)?;
        }
        let report = audit(&Auditing {
            quick: self.quick,
            page: self.page,
            out: self.out,
        })
        .exit(DEVICE)?;
        for finding in &report.findings {
            println!("{finding}");
        }
        println!(
            "{} screens of {} kinds of pages in {} languages and {} combinations: {} looks ({} with pixels), {} texts, {} targets; the farthest guide is {} touches away; {:.1} s",
            report.screens,
            report.kinds,
            report.languages,
            report.combinations,
            report.looks,
            report.drawn,
            report.texts,
            report.targets,
            report.farthest,
            report.took.as_secs_f64()
        );
        match report.findings.len() {
            0 => {
                println!("0 findings");
                Ok(())
            }
            count => Err(anyhow::anyhow!("{count} findings")).exit(CHECK_FAILED),
        }
    }
}
