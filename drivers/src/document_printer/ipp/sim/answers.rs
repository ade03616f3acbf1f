//! The operations of the simulated printer and what it answers.

use std::io::{Cursor, Read};

use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, IppVersion, Operation, StatusCode};
use ipp::parser::{IppParseError, IppParser};
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;

use super::{Inside, Mishap};

/// Operations it knows.
const OPERATIONS: [Operation; 5] = [
    Operation::CreateJob,
    Operation::SendDocument,
    Operation::CancelJob,
    Operation::GetJobAttributes,
    Operation::GetPrinterAttributes,
];
/// What a web server says that is none of IPP's.
const NONSENSE: &[u8] = b"<html>It works!</html>";

/// What becomes of a request.
pub(super) enum Reply {
    Answer(Vec<u8>),
    /// The connection breaks.
    Nothing,
    /// The connection stays, and nothing more comes.
    Stall,
}

impl Reply {
    fn of(answer: Answered) -> Self {
        match answer {
            Ok(answer) => Self::Answer(answer.to_bytes().to_vec()),
            Err(_) => Self::Nothing,
        }
    }
}

type Answered = Result<IppRequestResponse, IppParseError>;

impl Inside {
    /// Does what the request asks.
    pub(super) fn handle(&mut self, body: Vec<u8>) -> Reply {
        let Ok(request) = IppParser::new(Cursor::new(body)).parse() else {
            return Reply::Nothing;
        };
        let number = request.header().operation_or_status;
        let known = OPERATIONS.into_iter().find(|it| *it as i16 == number);
        let Some(operation) = known else {
            return Reply::Nothing;
        };
        match self.mishap(operation) {
            None => Reply::of(self.answer(operation, request)),
            Some(Mishap::AnswerLost) => {
                drop(self.answer(operation, request));
                Reply::Nothing
            }
            Some(Mishap::NotDone) => Reply::Nothing,
            Some(Mishap::Nonsense) => Reply::Answer(NONSENSE.to_vec()),
            Some(Mishap::Refused) => {
                Reply::of(plain(&request, StatusCode::ServerErrorInternalError))
            }
            Some(Mishap::Stalled) => {
                self.stalls += 1;
                Reply::Stall
            }
        }
    }

    fn answer(&mut self, operation: Operation, request: IppRequestResponse) -> Answered {
        let job = number(&request, "job-id");
        match operation {
            Operation::GetPrinterAttributes => self.printer(&request),
            Operation::CreateJob => {
                let id = self.create(template(&request));
                self.job(&request, id)
            }
            Operation::SendDocument => {
                let Some(job) = job.and_then(|id| self.jobs.get_mut(&id)) else {
                    return plain(&request, StatusCode::ClientErrorNotFound);
                };
                if job.over() || job.document.is_some() {
                    return plain(&request, StatusCode::ClientErrorNotPossible);
                }
                let mut document = Vec::new();
                let answer = plain(&request, StatusCode::SuccessfulOk)?;
                request.into_payload().read_to_end(&mut document)?;
                job.document = Some(document);
                Ok(answer)
            }
            Operation::GetJobAttributes => match job.filter(|id| self.jobs.contains_key(id)) {
                Some(id) => {
                    self.advance(id);
                    self.job(&request, id)
                }
                None => plain(&request, StatusCode::ClientErrorNotFound),
            },
            Operation::CancelJob => {
                let done = job.is_some_and(|id| self.cancel(id));
                let status = if done {
                    StatusCode::SuccessfulOk
                } else {
                    StatusCode::ClientErrorNotPossible
                };
                plain(&request, status)
            }
            _ => plain(&request, StatusCode::ServerErrorOperationNotSupported),
        }
    }

    fn printer(&self, request: &IppRequestResponse) -> Answered {
        let mut answer = plain(request, StatusCode::SuccessfulOk)?;
        let none = ["none".to_owned()];
        let reasons = if self.reasons.is_empty() {
            none.as_slice()
        } else {
            self.reasons.as_slice()
        };
        let state = if self.hindered() { 5 } else { 3 };
        let operations = OPERATIONS.map(|it| IppValue::Enum(it as i32)).to_vec();
        let formats: Result<Vec<IppValue>, _> = self
            .build
            .formats
            .iter()
            .map(IppValue::new_mime_media_type)
            .collect();
        let mut attributes = vec![
            (
                "printer-make-and-model",
                IppValue::new_text_without_language(&self.build.model)?,
            ),
            ("printer-state", IppValue::Enum(state)),
            ("printer-state-reasons", keywords(reasons)?),
            ("printer-is-accepting-jobs", IppValue::Boolean(true)),
            ("document-format-supported", IppValue::Array(formats?)),
            ("media-supported", keywords(&self.build.media)?),
            ("sides-supported", keywords(&["one-sided".to_owned()])?),
            ("print-scaling-supported", keywords(&none)?),
            ("operations-supported", IppValue::Array(operations)),
        ];
        if let Some(ready) = &self.build.ready {
            attributes.push(("media-ready", keywords(ready)?));
        }
        if let Some(device) = &self.build.queue {
            let version = IppValue::new_text_without_language("2.4.2")?;
            attributes.push(("cups-version", version));
            attributes.push(("device-uri", IppValue::new_uri(device)?));
        }
        if let Some(policy) = &self.build.error_policy {
            let policy = IppValue::new_name_without_language(policy)?;
            attributes.push(("printer-error-policy", policy));
        }
        for (name, value) in attributes {
            add(&mut answer, DelimiterTag::PrinterAttributes, name, value)?;
        }
        Ok(answer)
    }

    fn job(&self, request: &IppRequestResponse, id: i32) -> Answered {
        let mut answer = plain(request, StatusCode::SuccessfulOk)?;
        let group = DelimiterTag::JobAttributes;
        add(&mut answer, group, "job-id", IppValue::Integer(id))?;
        let Some(job) = self.jobs.get(&id) else {
            return Ok(answer);
        };
        let began = if job.began {
            IppValue::Integer(1)
        } else {
            IppValue::NoValue
        };
        let pages = i32::try_from(job.printed_pages).unwrap_or(i32::MAX);
        let state = IppValue::Enum(job.state as i32);
        add(&mut answer, group, "job-state", state)?;
        let reasons = keywords(&["none".to_owned()])?;
        add(&mut answer, group, "job-state-reasons", reasons)?;
        let pages = IppValue::Integer(pages);
        add(&mut answer, group, "job-impressions-completed", pages)?;
        add(&mut answer, group, "time-at-processing", began)?;
        Ok(answer)
    }
}

fn plain(request: &IppRequestResponse, status: StatusCode) -> Answered {
    let id = request.header().request_id;
    IppRequestResponse::new_response(IppVersion::v2_0(), status, id)
}

fn add(
    answer: &mut IppRequestResponse,
    group: DelimiterTag,
    name: &str,
    value: IppValue,
) -> Result<(), IppParseError> {
    let attribute = IppAttribute::with_name(name, value)?;
    answer.attributes_mut().add(group, attribute);
    Ok(())
}

fn keywords(words: &[String]) -> Result<IppValue, IppParseError> {
    let words: Result<Vec<IppValue>, _> = words.iter().map(IppValue::new_keyword).collect();
    Ok(IppValue::Array(words?))
}

fn number(request: &IppRequestResponse, name: &str) -> Option<i32> {
    let group = request
        .attributes()
        .first_of(DelimiterTag::OperationAttributes)?;
    group.get(name)?.value().as_integer().copied()
}

/// What the request says about the paper.
fn template(request: &IppRequestResponse) -> Vec<(String, String)> {
    let groups = request.attributes().groups_of(DelimiterTag::JobAttributes);
    let attributes = groups.flat_map(|group| group.attributes());
    attributes
        .map(|it| (it.name().to_string(), it.value().to_string()))
        .collect()
}
