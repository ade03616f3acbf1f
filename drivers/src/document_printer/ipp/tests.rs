//! A4 documents: no paper, jam, cover, no network, a queue that repeats; never two sheets.

mod mutated;

use std::time::{Duration, Instant};

use ipp::model::{DelimiterTag, Operation};
use ipp::value::IppValue;

use super::sim::{Build, IppSim, Mishap};
use super::*;
use crate::document_printer::pages::tests::document;
use crate::document_printer::{DocumentPrinter, Progress};
use crate::receipt_printer::{Cause, Outcome};
use crate::runner::{CancelToken, HealthState};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

/// The longest a job takes that a resident ends: not the time an answer is waited for.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Short, so that a test need not wait for minutes; long against a loopback.
fn patience() -> Patience {
    let ms = Duration::from_millis;
    Patience {
        exchange: ms(20_000),
        send: ms(20_000),
        poll: ms(5),
        hindered: ms(300),
        whole: ms(60_000),
        resolve: ms(500),
    }
}

fn corner(build: Build) -> (IppSim, IppPrinter) {
    let sim = IppSim::start(build).unwrap();
    let printer = IppPrinter::new(&sim.url(), patience()).unwrap();
    (sim, printer)
}

fn print(printer: &mut IppPrinter) -> (Outcome, Vec<Progress>) {
    let mut said = Vec::new();
    let result = printer.print_watched(PDF, &CancelToken::default(), &mut |progress| {
        said.push(progress);
    });
    (result.outcome, said)
}

/// Prints a document of three sides.
fn print_three(printer: &mut IppPrinter) -> Outcome {
    printer.print(&document(3)).outcome
}

#[test]
fn a_document_comes_out_once_byte_identical_on_one_side_of_a4() {
    let (sim, mut printer) = corner(Build::default());
    assert_eq!(printer.condition().unwrap().state, HealthState::Online);
    assert_eq!(printer.identify().unwrap().name, "Simulated A4");
    assert_eq!(printer.print(PDF).outcome, Outcome::Printed);
    assert_eq!(sim.printed(), [PDF]);
    let told = sim.last_template();
    for (name, value) in [
        ("media", "iso_a4_210x297mm"),
        ("copies", "1"),
        ("sides", "one-sided"),
        ("print-scaling", "none"),
    ] {
        assert!(
            told.iter().any(|(n, v)| n == name && v == value),
            "{name} in {told:?}"
        );
    }
}

#[test]
fn what_is_no_pdf_never_reaches_the_printer() {
    let (sim, mut printer) = corner(Build::default());
    let outcome = printer.print(b"hello").outcome;
    assert_eq!(outcome, Outcome::NotPrinted(Cause::NotADocument));
    assert_eq!(sim.jobs(), 0);
}

#[test]
fn without_paper_nothing_is_begun_and_the_cause_is_named() {
    for (reason, cause) in [
        ("media-empty-error", Cause::PaperOut),
        ("media-jam", Cause::Jam),
        ("cover-open-report", Cause::CoverOpen),
        ("toner-empty", Cause::TonerEmpty),
    ] {
        let (sim, mut printer) = corner(Build::default());
        sim.set_reason(reason, true);
        assert_eq!(print(&mut printer).0, Outcome::NotPrinted(cause));
        assert_eq!(printer.condition().unwrap().detail, cause.as_str());
        assert_eq!(sim.jobs(), 0);
    }
}

#[test]
fn paper_out_in_mid_job_is_told_waited_for_and_goes_on() {
    let (sim, mut printer) = corner(Build::default());
    let mut said = Vec::new();
    let outcome = printer.print_watched(PDF, &CancelToken::default(), &mut |progress| {
        said.push(progress);
        match progress {
            Progress::Accepted => sim.set_reason("media-empty-warning", true),
            Progress::Waiting(_) => sim.set_reason("media-empty-warning", false),
            Progress::Going => {}
        }
    });
    assert_eq!(outcome.outcome, Outcome::Printed);
    assert_eq!(
        said,
        [
            Progress::Accepted,
            Progress::Waiting(Cause::PaperOut),
            Progress::Going
        ]
    );
    assert_eq!(sim.printed().len(), 1);
}

#[test]
fn a_jam_nobody_clears_is_cancelled_and_does_not_print_for_the_next_person() {
    let (sim, mut printer) = corner(Build::default());
    let outcome = printer.print_watched(PDF, &CancelToken::default(), &mut |progress| {
        if progress == Progress::Accepted {
            sim.set_reason("media-jam-error", true);
        }
    });
    assert_eq!(outcome.outcome, Outcome::Unknown(Cause::Jam));
    sim.set_reason("media-jam-error", false);
    assert_eq!(print(&mut printer).0, Outcome::Printed);
    assert_eq!(sim.printed().len(), 1, "only the second person's");
}

#[test]
fn cancelled_by_the_resident_before_the_paper_is_not_printed() {
    let (sim, mut printer) = corner(Build::default());
    let cancel = CancelToken::default();
    cancel.cancel();
    let outcome = printer.print_watched(PDF, &cancel, &mut |_| {});
    assert_eq!(outcome.outcome, Outcome::NotPrinted(Cause::Cancelled));
    assert_eq!(sim.jobs(), 0);
}

#[test]
fn cancelled_while_it_waits_for_paper_ends_at_the_printer_too() {
    let (sim, mut printer) = corner(Build::default());
    let cancel = CancelToken::default();
    let outcome = printer.print_watched(PDF, &cancel, &mut |progress| match progress {
        Progress::Accepted => sim.set_reason("media-empty", true),
        Progress::Waiting(_) => cancel.cancel(),
        Progress::Going => {}
    });
    assert_eq!(outcome.outcome, Outcome::Unknown(Cause::Cancelled));
    sim.set_reason("media-empty", false);
    assert_eq!(print(&mut printer).0, Outcome::Printed);
    assert_eq!(sim.printed().len(), 1);
}

/// An answer is waited for twenty seconds here, and a document for two minutes at a city's.
#[test]
fn a_printer_that_stalls_is_hung_up_when_the_resident_cancels_and_its_job_ended() {
    for operation in [
        Operation::GetPrinterAttributes,
        Operation::CreateJob,
        Operation::SendDocument,
        Operation::GetJobAttributes,
    ] {
        let (sim, mut printer) = corner(Build::default());
        sim.plan(operation, Mishap::Stalled);
        let cancel = CancelToken::default();
        let begun = Instant::now();
        let result = std::thread::scope(|scope| {
            scope.spawn(|| {
                while sim.stalls() == 0 {
                    std::thread::yield_now();
                }
                cancel.cancel();
            });
            printer.print_watched(PDF, &cancel, &mut |_| {})
        });
        let outcome = Outcome::NotPrinted(Cause::Cancelled);
        assert_eq!(result.outcome, outcome, "{operation:?}");
        assert!(begun.elapsed() < AT_ONCE, "{operation:?}");
        assert_eq!(print(&mut printer).0, Outcome::Printed, "{operation:?}");
        assert_eq!(sim.printed().len(), 1, "only the second person's");
    }
}

#[test]
fn broken_off_after_the_first_page_is_a_part() {
    let (sim, mut printer) = corner(Build {
        pages: 3,
        ..Build::default()
    });
    sim.abort_next();
    assert_eq!(print_three(&mut printer), Outcome::Partial(Cause::Aborted));
    assert!(sim.printed().is_empty());
    assert_eq!(print_three(&mut printer), Outcome::Printed);
}

#[test]
fn fewer_sides_than_the_document_has_are_a_part() {
    for pages in [1, 2] {
        let (_sim, mut printer) = corner(Build {
            pages,
            ..Build::default()
        });
        let outcome = print_three(&mut printer);
        assert_eq!(outcome, Outcome::Partial(Cause::Mechanism), "{pages} of 3");
        assert_eq!(printer.print(&document(1)).outcome, Outcome::Printed);
    }
}

#[test]
fn the_answer_to_the_document_is_lost_and_the_job_is_found_again() {
    let (sim, mut printer) = corner(Build::default());
    sim.plan(Operation::SendDocument, Mishap::AnswerLost);
    assert_eq!(print(&mut printer).0, Outcome::Printed);
    assert_eq!(sim.printed().len(), 1, "one copy, sent once");
}

#[test]
fn the_document_never_arrives_and_the_job_is_cancelled_unprinted() {
    let (sim, mut printer) = corner(Build::default());
    sim.plan(Operation::SendDocument, Mishap::NotDone);
    assert_eq!(
        print(&mut printer).0,
        Outcome::NotPrinted(Cause::Disconnected)
    );
    assert!(sim.printed().is_empty());
    assert_eq!(sim.jobs(), 1, "never tried again unasked");
}

#[test]
fn a_job_that_could_not_be_created_is_not_printed() {
    for mishap in [
        Mishap::AnswerLost,
        Mishap::NotDone,
        Mishap::Refused,
        Mishap::Nonsense,
    ] {
        let (sim, mut printer) = corner(Build::default());
        sim.plan(Operation::CreateJob, mishap);
        let (outcome, _) = print(&mut printer);
        assert!(
            matches!(outcome, Outcome::NotPrinted(_)),
            "{mishap:?}: {outcome:?}"
        );
        assert!(sim.printed().is_empty() && sim.jobs() <= 1);
    }
}

#[test]
fn a_document_refused_is_not_printed() {
    let (sim, mut printer) = corner(Build::default());
    sim.plan(Operation::SendDocument, Mishap::Refused);
    assert_eq!(print(&mut printer).0, Outcome::NotPrinted(Cause::Aborted));
    assert!(sim.printed().is_empty());
}

#[test]
fn a_stumble_while_asking_for_the_job_changes_nothing() {
    let (sim, mut printer) = corner(Build::default());
    sim.plan(Operation::GetJobAttributes, Mishap::AnswerLost);
    sim.plan(Operation::GetJobAttributes, Mishap::Nonsense);
    assert_eq!(print(&mut printer).0, Outcome::Printed);
    assert_eq!(sim.printed().len(), 1);
}

/// Whether the printer takes a document for the job with number `id`.
fn takes(printer: &mut IppPrinter, id: i32) -> bool {
    let attributes = vec![(
        DelimiterTag::OperationAttributes,
        "job-id",
        IppValue::Integer(id),
    )];
    let cancel = CancelToken::default();
    let answer = printer.operate(Operation::SendDocument, attributes, Some(PDF), &cancel);
    answer.unwrap().is_ok()
}

/// RFC 8011, 4.3.1: such a document is refused, or a job that is over would have another sheet.
#[test]
fn a_job_that_is_over_or_has_its_document_takes_no_other_and_nobody_elses() {
    let (sim, mut printer) = corner(Build::default());
    assert_eq!(print(&mut printer).0, Outcome::Printed);
    assert!(!takes(&mut printer, 1), "printed");
    sim.abort_next();
    assert_eq!(print(&mut printer).0, Outcome::Unknown(Cause::Aborted));
    assert!(!takes(&mut printer, 2), "aborted");
    sim.plan(Operation::SendDocument, Mishap::NotDone);
    let outcome = print(&mut printer).0;
    assert_eq!(outcome, Outcome::NotPrinted(Cause::Disconnected));
    assert!(!takes(&mut printer, 3), "cancelled");
    assert!(!takes(&mut printer, 4), "never created");
    let cancel = CancelToken::default();
    let created = printer.operate(Operation::CreateJob, Vec::new(), None, &cancel);
    assert_eq!(created.unwrap().job.number("job-id"), Some(4));
    assert!(takes(&mut printer, 4), "new");
    assert!(!takes(&mut printer, 4), "has one");
    assert_eq!(sim.printed().len(), 1);
}

/// One document with two things going wrong, then another person's.
fn two_mishaps(first: (Operation, Mishap), second: (Operation, Mishap)) {
    let sim = IppSim::start(Build::default()).unwrap();
    let hasty = Patience {
        resolve: Duration::from_millis(40),
        ..patience()
    };
    let mut printer = IppPrinter::new(&sim.url(), hasty).unwrap();
    sim.plan(first.0, first.1);
    sim.plan(second.0, second.1);
    let (outcome, _) = print(&mut printer);
    let sheets = sim.printed().len();
    let told = match outcome {
        Outcome::Printed => sheets == 1,
        Outcome::NotPrinted(_) => sheets == 0,
        Outcome::Unknown(_) => sheets <= 1,
        Outcome::Processed
        | Outcome::Partial(_)
        | Outcome::PrintedTaken
        | Outcome::PrintedNotTaken => false,
    };
    assert!(told, "{first:?} {second:?}: {outcome:?}, {sheets} sheets");
    assert!(sim.jobs() <= 1, "{first:?} {second:?}: sent again unasked");
}

#[test]
fn whatever_two_things_go_wrong_no_document_comes_out_twice_or_is_claimed_falsely() {
    let operations = [
        Operation::GetPrinterAttributes,
        Operation::CreateJob,
        Operation::SendDocument,
        Operation::GetJobAttributes,
        Operation::CancelJob,
    ];
    let mishaps = [
        Mishap::AnswerLost,
        Mishap::NotDone,
        Mishap::Refused,
        Mishap::Nonsense,
    ];
    let all: Vec<(Operation, Mishap)> = operations
        .iter()
        .flat_map(|operation| mishaps.iter().map(|mishap| (*operation, *mishap)))
        .collect();
    for first in &all {
        for second in &all {
            two_mishaps(*first, *second);
        }
    }
}

#[test]
fn the_printer_is_switched_off_in_mid_job() {
    let (sim, mut printer) = corner(Build::default());
    let mut sim = Some(sim);
    let outcome = printer.print_watched(PDF, &CancelToken::default(), &mut |progress| {
        if progress == Progress::Accepted {
            let sim = sim.as_ref().unwrap();
            sim.set_reason("media-empty", true);
        } else if matches!(progress, Progress::Waiting(_)) {
            drop(sim.take());
        }
    });
    assert!(
        matches!(
            outcome.outcome,
            Outcome::Unknown(Cause::Disconnected | Cause::PaperOut)
        ),
        "{outcome:?}"
    );
    assert_eq!(
        printer.print(PDF).outcome,
        Outcome::NotPrinted(Cause::Disconnected)
    );
}

#[test]
fn nobody_is_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("ipp://{}/ipp/print", port.local_addr().unwrap());
    drop(port);
    let mut printer = IppPrinter::new(&address, patience()).unwrap();
    let fault = printer.condition().unwrap_err();
    assert_eq!(fault.condition().state, HealthState::Offline);
    assert_eq!(fault.key, Cause::Disconnected.as_str());
    assert_eq!(
        printer.print(PDF).outcome,
        Outcome::NotPrinted(Cause::Disconnected)
    );
}

#[test]
fn a_queue_that_repeats_documents_by_itself_is_not_used() {
    for policy in ["retry-job", "retry-current-job"] {
        let (sim, mut printer) = corner(Build {
            error_policy: Some(policy.to_owned()),
            ..Build::default()
        });
        assert_eq!(
            print(&mut printer).0,
            Outcome::NotPrinted(Cause::PrintsAgain)
        );
        let state = printer.condition().unwrap().state;
        assert_eq!(state, HealthState::HardwareError);
        assert_eq!(sim.jobs(), 0);
    }
}

#[test]
fn a_queue_that_only_sends_has_processed_and_not_printed() {
    for (device, outcome) in [
        ("socket://192.0.2.9", Outcome::Processed),
        ("ipp://192.0.2.9/ipp/print", Outcome::Printed),
    ] {
        let (_sim, mut printer) = corner(Build {
            queue: Some(device.to_owned()),
            error_policy: Some("abort-job".to_owned()),
            ..Build::default()
        });
        assert_eq!(print(&mut printer).0, outcome, "{device}");
    }
}

#[test]
fn a_printer_without_pdf_or_without_a4_is_not_used() {
    let (_sim, mut raster) = corner(Build {
        formats: vec!["image/pwg-raster".to_owned()],
        ..Build::default()
    });
    assert_eq!(
        print(&mut raster).0,
        Outcome::NotPrinted(Cause::FormatNotTaken)
    );
    let (_sim, mut letter) = corner(Build {
        media: vec!["na_letter_8.5x11in".to_owned()],
        ..Build::default()
    });
    assert_eq!(
        print(&mut letter).0,
        Outcome::NotPrinted(Cause::MediaNotTaken)
    );
}

/// `media-ready` refuses nothing: ippeveprinter names Letter alone there and prints A4, and a
/// printer that truly has other paper asks for it with `media-needed` while the job waits.
#[test]
fn a_printer_that_knows_a4_and_names_letter_as_loaded_is_sent_the_document() {
    for ready in ["na_letter_8.5x11in", "iso_a4_210x297mm"] {
        let (_sim, mut printer) = corner(Build {
            ready: Some(vec![ready.to_owned()]),
            ..Build::default()
        });
        assert_eq!(print(&mut printer).0, Outcome::Printed, "{ready}");
    }
}

#[test]
fn an_address_that_is_none_says_why() {
    for (address, reason) in [
        ("192.0.2.8", "it has no scheme"),
        (
            "ftp://192.0.2.8",
            "its scheme is not ipp, ipps, http or https",
        ),
        ("ipp://", "it is no address"),
    ] {
        let error = IppPrinter::new(address, patience()).unwrap_err();
        assert_eq!(error.reason, reason, "{address}");
    }
}
