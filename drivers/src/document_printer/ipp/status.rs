//! What a printer and a job say of themselves, in our words; pure.
//!
//! Source: RFC 8011, sections 5.3.7, 5.3.8 and 5.4.11; the printer fact sheet, section 5.

use super::wire::Attributes;
use crate::document_printer::hindered;
use crate::receipt_printer::{Cause, Outcome};
use crate::runner::{Condition, HealthState, Level, Supply};

/// The A4 sheet.
pub(super) const A4: &str = "iso_a4_210x297mm";
/// Operations without which no job can be followed: Create-Job, Send-Document, Cancel-Job,
/// Get-Job-Attributes.
const NEEDED: [i32; 4] = [0x05, 0x06, 0x08, 0x09];

/// What we ask a printer for; nothing else is sent back.
pub(super) const PRINTER_ATTRIBUTES: [&str; 13] = [
    "printer-make-and-model",
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-error-policy",
    "cups-version",
    "device-uri",
    "document-format-supported",
    "media-ready",
    "media-supported",
    "sides-supported",
    "print-scaling-supported",
    "operations-supported",
];

/// What we ask a job for.
pub(super) const JOB_ATTRIBUTES: [&str; 4] = [
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
    "time-at-processing",
];

/// A printer as it is now.
#[derive(Debug, Clone)]
pub(super) struct Printer {
    pub(super) model: Option<String>,
    /// What stands in the way, the cause that must be removed first.
    pub(super) hindrance: Option<Cause>,
    /// Paper and toner; empty when it says nothing of its state.
    pub(super) supplies: Vec<Supply>,
    /// Why it cannot be used for certificates at all.
    pub(super) unfit: Option<Cause>,
    /// A queue that calls a job completed when its bytes are sent.
    pub(super) only_sends: bool,
    pub(super) takes_one_sided: bool,
    pub(super) takes_no_scaling: bool,
}

impl Printer {
    pub(super) fn of(attributes: &Attributes) -> Self {
        let offers = |name: &str, word: &str| attributes.words(name).contains(&word);
        let stopped = attributes.number("printer-state") == Some(5);
        let refuses = attributes.truth("printer-is-accepting-jobs") == Some(false);
        let reasons = attributes.words("printer-state-reasons");
        let hindrance = hindrance(&reasons)
            .or_else(|| (stopped || refuses).then_some(Cause::Offline))
            .or_else(|| (!offers("media-supported", A4)).then_some(Cause::MediaNotTaken));
        Self {
            model: attributes
                .words("printer-make-and-model")
                .first()
                .map(|model| model.chars().take(100).collect()),
            hindrance,
            supplies: supplies(&reasons),
            unfit: unfit(attributes),
            only_sends: only_sends(attributes),
            takes_one_sided: offers("sides-supported", "one-sided"),
            takes_no_scaling: offers("print-scaling-supported", "none"),
        }
    }

    /// The same as health.
    pub(super) fn condition(&self) -> Condition {
        let condition = match (self.unfit, self.hindrance) {
            (Some(cause), _) => Condition::new(HealthState::HardwareError, cause.as_str()),
            (None, Some(cause)) => hindered(cause),
            (None, None) => Condition::ONLINE,
        };
        condition.with_supplies(self.supplies.clone())
    }
}

/// Why a printer cannot be used for our documents; `None` when it can.
fn unfit(attributes: &Attributes) -> Option<Cause> {
    let offered = attributes.numbers("operations-supported");
    let formats = attributes.words("document-format-supported");
    let retries = attributes
        .words("printer-error-policy")
        .iter()
        .any(|policy| policy.starts_with("retry"));
    if NEEDED.iter().any(|operation| !offered.contains(operation)) {
        Some(Cause::NotFollowable)
    } else if !formats.contains(&"application/pdf") {
        Some(Cause::FormatNotTaken)
    } else if retries {
        Some(Cause::PrintsAgain)
    } else {
        None
    }
}

/// A spooler's queue knows the end of a job only where the printer itself reports it over IPP.
fn only_sends(attributes: &Attributes) -> bool {
    let reports = |uri: &str| {
        ["ipp:", "ipps:", "implicitclass:", "dnssd:"]
            .iter()
            .any(|scheme| uri.starts_with(scheme))
    };
    attributes.has("cups-version") && !attributes.words("device-uri").into_iter().any(reports)
}

/// A reason without its ending `-error`, `-warning` or `-report`: printers do not agree on them.
fn stem(reason: &str) -> &str {
    let cut = ["-error", "-warning", "-report"]
        .iter()
        .find_map(|ending| reason.strip_suffix(ending));
    cut.unwrap_or(reason)
}

/// How much paper and toner there is, by what a printer says is short.
fn supplies(reasons: &[&str]) -> Vec<Supply> {
    const SHORT: [(&str, [&str; 2], [&str; 2]); 2] = [
        ("paper", ["media-low", ""], ["media-empty", "media-needed"]),
        (
            "toner",
            ["toner-low", "marker-supply-low"],
            ["toner-empty", "marker-supply-empty"],
        ),
    ];
    if reasons.is_empty() {
        return Vec::new();
    }
    let told = |names: [&str; 2]| reasons.iter().any(|reason| names.contains(&stem(reason)));
    let supply = |(name, low, out)| Supply {
        name,
        level: match (told(out), told(low)) {
            (true, _) => Level::Out,
            (false, true) => Level::Low,
            (false, false) => Level::Enough,
        },
    };
    SHORT.map(supply).to_vec()
}

/// The first cause among `reasons` that needs a hand.
pub(super) fn hindrance(reasons: &[&str]) -> Option<Cause> {
    const CAUSES: [(&str, Cause); 16] = [
        ("cover-open", Cause::CoverOpen),
        ("door-open", Cause::CoverOpen),
        ("interlock-open", Cause::CoverOpen),
        ("media-jam", Cause::Jam),
        ("media-empty", Cause::PaperOut),
        ("media-needed", Cause::PaperOut),
        ("input-tray-missing", Cause::TrayMissing),
        ("output-tray-missing", Cause::TrayMissing),
        ("output-area-full", Cause::OutputFull),
        ("toner-empty", Cause::TonerEmpty),
        ("marker-supply-empty", Cause::TonerEmpty),
        ("marker-waste-full", Cause::Mechanism),
        ("fuser-over-temp", Cause::HeadHot),
        ("paused", Cause::Offline),
        ("shutdown", Cause::Offline),
        ("connecting-to-device", Cause::Offline),
    ];
    CAUSES
        .iter()
        .find(|(name, _)| reasons.iter().any(|reason| stem(reason) == *name))
        .map(|(_, cause)| *cause)
}

/// A job as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not at its end yet.
    Going {
        /// The printer works on it, so it has its document.
        begun: bool,
    },
    /// At its end, as the outcome says.
    Ended(Outcome),
}

/// Reads where a job stands.
///
/// `pages` is how many sides it has, where known; `only_sends` says that completion means no
/// more than that the bytes were sent; `cause` is why it ended early, as far as we know.
pub(super) fn standing(
    job: &Attributes,
    pages: Option<u32>,
    only_sends: bool,
    cause: Cause,
) -> Standing {
    let printed = job.number("job-impressions-completed").unwrap_or(0);
    let printed = u32::try_from(printed).unwrap_or(0);
    let outcome = match job.number("job-state") {
        Some(9) => {
            let reasons = job.words("job-state-reasons");
            // Printers that do not count stay at 0.
            if pages.is_some_and(|pages| (1..pages).contains(&printed)) {
                Outcome::Partial(Cause::Mechanism)
            } else if reasons.contains(&"job-completed-with-errors") {
                Outcome::Unknown(Cause::Mechanism)
            } else if only_sends {
                Outcome::Processed
            } else {
                Outcome::Printed
            }
        }
        Some(7 | 8) => {
            // No number means that the job never reached the paper.
            let began = job.number("time-at-processing").is_some();
            let told = job.has("time-at-processing");
            if printed > 0 {
                Outcome::Partial(cause)
            } else if told && !began {
                Outcome::NotPrinted(cause)
            } else {
                Outcome::Unknown(cause)
            }
        }
        Some(5 | 6) => return Standing::Going { begun: true },
        Some(_) | None => return Standing::Going { begun: false },
    };
    Standing::Ended(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toner_and_paper_that_run_low_are_told_before_they_are_gone() {
        use Level::{Enough, Low, Out};
        for (reasons, paper, toner) in [
            (vec!["none"], Enough, Enough),
            (vec!["toner-low-warning"], Enough, Low),
            (vec!["marker-supply-low-report", "media-low"], Low, Low),
            (vec!["media-low", "media-empty-error"], Out, Enough),
            (vec!["media-needed", "toner-empty"], Out, Out),
            (vec!["media-jam"], Enough, Enough),
        ] {
            let told: Vec<_> = supplies(&reasons)
                .into_iter()
                .map(|supply| (supply.name, supply.level))
                .collect();
            assert_eq!(told, [("paper", paper), ("toner", toner)], "{reasons:?}");
        }
        assert_eq!(supplies(&[]), [], "one that says nothing of its state");
    }

    #[test]
    fn what_stands_in_the_way_is_named_whatever_its_ending() {
        for (reasons, cause) in [
            (vec!["none"], None),
            (vec!["toner-low-warning", "media-low-report"], None),
            (vec!["media-empty-error"], Some(Cause::PaperOut)),
            (vec!["media-empty-warning"], Some(Cause::PaperOut)),
            (vec!["media-needed"], Some(Cause::PaperOut)),
            (
                vec!["media-empty", "cover-open-report"],
                Some(Cause::CoverOpen),
            ),
            (vec!["media-jam-error"], Some(Cause::Jam)),
            (vec!["output-area-full"], Some(Cause::OutputFull)),
            (vec!["input-tray-missing"], Some(Cause::TrayMissing)),
            (vec!["marker-supply-empty-error"], Some(Cause::TonerEmpty)),
            (vec!["paused"], Some(Cause::Offline)),
        ] {
            assert_eq!(hindrance(&reasons), cause, "{reasons:?}");
        }
    }
}
