//! ippeveprinter, the IPP printer of the CUPS project, takes our documents and has faults.

use std::time::Duration;

use kiosk_drivers::document_printer::ipp::{IppPrinter, Patience};
use kiosk_drivers::document_printer::{DocumentPrinter as _, Progress};
use kiosk_drivers::receipt_printer::{Cause, Outcome};
use kiosk_drivers::runner::{CancelToken, HealthState};
use kiosk_tests::ippeveprinter::IppEvePrinter;
use kiosk_tests::peer::peer;
use kiosk_tests::private::{Needs, goes_on_here};

use crate::paper::{fonts, form};

fn patience() -> Patience {
    Patience {
        poll: Duration::from_millis(20),
        ..Patience::default()
    }
}

/// The peer with `job` as its script, and our driver at it; `None`: there is no peer here.
fn corner(test: &str, job: &str) -> Option<(IppEvePrinter, IppPrinter)> {
    let program = peer("ippeveprinter")?;
    if !goes_on_here(&format!("document_printer::{test}"), Needs::Avahi) {
        return None;
    }
    let peer = IppEvePrinter::start(&program, job).unwrap();
    let printer = IppPrinter::new(&peer.url(), patience()).unwrap();
    Some((peer, printer))
}

fn pdf() -> Vec<u8> {
    let layout = form().lay_out(&fonts()).unwrap();
    layout.pdf().unwrap().to_vec()
}

#[test]
fn ippeveprinter_keeps_our_pdf_byte_for_byte() {
    let name = "ippeveprinter_keeps_our_pdf_byte_for_byte";
    let Some((peer, mut printer)) = corner(name, "exit 0") else {
        return;
    };
    let model = printer.identify().unwrap().name;
    assert!(model.contains("Peer"), "{model}");
    assert_eq!(printer.condition().unwrap().state, HealthState::Online);
    let pdf = pdf();
    let mut said = Vec::new();
    let result = printer.print_watched(&pdf, &CancelToken::default(), &mut |progress| {
        said.push(progress);
    });
    assert_eq!(result.outcome, Outcome::Printed);
    assert_eq!(said, [Progress::Accepted]);
    assert!(peer.documents().unwrap() == [pdf], "once, unaltered");
}

#[test]
fn ippeveprinter_tells_paper_jam_and_cover_apart() {
    let faults = [
        ("media-empty", Cause::PaperOut),
        ("media-jam", Cause::Jam),
        ("cover-open", Cause::CoverOpen),
    ];
    let name = "ippeveprinter_tells_paper_jam_and_cover_apart";
    // The first line of the document says which fault it is to have.
    let job = "reason=$(head -n 2 \"$1\" | sed -n 's/^%//p' | tail -n 1)\n\
               echo \"STATE: +$reason-error\" >&2\n\
               read -r _ <\"$GATE\"\n\
               echo \"STATE: -$reason-error\" >&2\n\
               exit 1";
    let Some((peer, mut printer)) = corner(name, job) else {
        return;
    };
    for (reason, cause) in faults {
        let document = format!("%PDF-1.7\n%{reason}\n%%EOF\n");
        let mut said = Vec::new();
        let never = CancelToken::default();
        let result = printer.print_watched(document.as_bytes(), &never, &mut |progress| {
            said.push(progress);
            if matches!(progress, Progress::Waiting(_)) {
                peer.open_gate().unwrap();
            }
        });
        assert!(
            said.starts_with(&[Progress::Accepted, Progress::Waiting(cause)]),
            "{reason}: {said:?}"
        );
        // The paper had moved: nobody knows how far.
        assert_eq!(result.outcome, Outcome::Unknown(cause), "{reason}");
    }
    assert_eq!(peer.documents().unwrap().len(), faults.len(), "each once");
}

#[test]
fn ippeveprinter_goes_on_when_paper_is_put_in() {
    let name = "ippeveprinter_goes_on_when_paper_is_put_in";
    let job = "echo 'STATE: +media-empty-error' >&2\n\
               read -r _ <\"$GATE\"\n\
               echo 'STATE: -media-empty-error' >&2\n\
               read -r _ <\"$GATE\"\n\
               exit 0";
    let Some((peer, mut printer)) = corner(name, job) else {
        return;
    };
    let pdf = pdf();
    let mut said = Vec::new();
    let result = printer.print_watched(&pdf, &CancelToken::default(), &mut |progress| {
        said.push(progress);
        if progress != Progress::Accepted {
            peer.open_gate().unwrap();
        }
    });
    assert_eq!(result.outcome, Outcome::Printed);
    let expected = [
        Progress::Accepted,
        Progress::Waiting(Cause::PaperOut),
        Progress::Going,
    ];
    assert_eq!(said, expected);
    assert!(peer.documents().unwrap() == [pdf]);
}

#[test]
fn ippeveprinter_without_paper_is_not_sent_a_document() {
    let name = "ippeveprinter_without_paper_is_not_sent_a_document";
    let job = "echo 'STATE: +media-empty-error' >&2\nexit 0";
    let Some((peer, mut printer)) = corner(name, job) else {
        return;
    };
    let first = printer.print(&pdf()).outcome;
    assert!(
        matches!(first, Outcome::Printed),
        "the last sheet is printed: {first:?}"
    );
    let outcome = printer.print(&pdf()).outcome;
    assert_eq!(outcome, Outcome::NotPrinted(Cause::PaperOut));
    assert_eq!(peer.documents().unwrap().len(), 1);
    let condition = printer.condition().unwrap();
    assert_eq!(condition.state, HealthState::UserError, "{condition:?}");
}

#[test]
fn ippeveprinter_cancels_when_the_resident_leaves() {
    let name = "ippeveprinter_cancels_when_the_resident_leaves";
    let job = "echo 'STATE: +media-jam-error' >&2\nread -r _ <\"$GATE\"\nexit 0";
    let Some((peer, mut printer)) = corner(name, job) else {
        return;
    };
    let cancel = CancelToken::default();
    let pdf = pdf();
    let outcome = std::thread::scope(|scope| {
        let printing = scope.spawn(|| {
            let mut tell = |progress| {
                if matches!(progress, Progress::Waiting(_)) {
                    cancel.cancel();
                }
            };
            printer.print_watched(&pdf, &cancel, &mut tell).outcome
        });
        let cancelled = peer.await_line("Cancel-Job successful-ok");
        peer.open_gate().unwrap();
        cancelled.unwrap();
        printing.join().unwrap()
    });
    assert_eq!(outcome, Outcome::Unknown(Cause::Cancelled));
}
