//! Every page, looked at by a program: in every language, size of words, contrast, mode and on
//! every shape of screen.
//!
//! Pages are shown in a window in memory as the kiosk shows them. `scene` reads what stands in
//! it, the `rules` say what is wrong. There is no list of exceptions: what is found is mended
//! on the page, or stays found.

mod colour;
mod combination;
mod found;
#[cfg(test)]
mod golden;
mod look;
mod pages;
mod pressable;
mod rect;
mod rules;
mod scene;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use city_catalogue::Refused;
use kiosk_core::Contrast;
use kiosk_core::screen::Lang;

use combination::Combination;
use found::Found;
use look::{Count, Looker};
use pages::Sample;
use rules::words::Said;

pub use found::Rule;
pub use pressable::{Pressable, pressable};

use crate::headless::HeadlessError;
use crate::words::Words;

/// The languages, in which every page is looked at.
const LANGUAGES: [Lang; 3] = [Lang::ZhHans, Lang::En, Lang::ZhHant];
/// Of the few combinations a screen that differs from another in words alone sees every so
/// manieth.
const WORDS_ONLY: usize = 8;

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct Auditing {
    /// Few combinations in which every two choices still meet, instead of all.
    pub quick: bool,
    /// Only pages whose name holds this; all when not told.
    pub page: Option<String>,
    /// A folder for pictures of the pages with findings; none are kept when not told.
    pub out: Option<PathBuf>,
}

/// Why nothing can be looked at.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The embedded fonts.
    #[error("reading the embedded fonts")]
    Fonts(#[from] kiosk_paper::FontError),
    /// The window in memory.
    #[error(transparent)]
    Window(#[from] HeadlessError),
    /// The sample city.
    #[error("reading the sample city's catalogue")]
    Catalogue(#[from] Refused),
    /// A thread.
    #[error("looking at the pages: a thread has ended by a fault")]
    BrokeOff,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The page.
    pub page: String,
    /// The language's code; none where it is about all.
    pub lang: &'static str,
    /// Size of the screen, words, colours and mode; none where it is about all.
    pub combination: String,
    /// What it is about.
    pub element: String,
    /// The rule.
    pub rule: Rule,
    /// What was measured.
    pub measured: String,
    /// What it has to be.
    pub bar: String,
    /// In so many more combinations the same.
    pub more: usize,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} | {} | {} | {} | {} | {} | bar {}",
            self.page,
            self.lang,
            self.combination,
            self.element,
            self.rule,
            self.measured,
            self.bar
        )?;
        match self.more {
            0 => Ok(()),
            more => write!(f, " | and {more} more combinations"),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Report {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Kinds of pages and overlays.
    pub kinds: usize,
    /// Screens, each in every language.
    pub screens: usize,
    /// Languages.
    pub languages: usize,
    /// Combinations of size, words, contrast and mode.
    pub combinations: usize,
    /// So often a page was looked at.
    pub looks: usize,
    /// Of these so often with the pixels of its picture.
    pub drawn: usize,
    /// Texts that were measured.
    pub texts: usize,
    /// Targets that were measured.
    pub targets: usize,
    /// Touches to the guide that is farthest.
    pub farthest: usize,
    /// How long it took.
    pub took: Duration,
}

/// One screen in one language, with the combinations it is looked at in; `true` with pixels.
struct Job<'a> {
    sample: &'a Sample,
    lang: Lang,
    combinations: Vec<(Combination, bool)>,
}

/// Looks at everything.
///
/// # Errors
/// [`AuditError`] when the pages cannot be shown; findings are in the report.
pub fn audit(auditing: &Auditing) -> Result<Report, AuditError> {
    let begun = Instant::now();
    let shelf = rules::taps::sample_shelf()?;
    let ways = rules::taps::walk(&shelf);
    let (mut samples, missing) = pages::all();
    let mut everywhere = missing;
    everywhere.extend(rules::taps::check(&shelf, &ways));
    everywhere.extend(Said::gaps());
    let farthest = ways.taps.values().copied().max().unwrap_or(0);
    samples.extend(ways.screens.into_iter().map(pages::met));
    if let Some(only) = &auditing.page {
        samples.retain(|sample| sample.name.contains(only));
    }
    let few = combination::pairwise();
    let all = if auditing.quick {
        few.clone()
    } else {
        combination::all()
    };
    let jobs = jobs(&samples, &all, &few);
    let (found, count) = look_at_all(&jobs, auditing)?;
    let mut findings: Vec<Finding> = everywhere
        .into_iter()
        .map(|found| finding("-", "-", "-".to_owned(), found))
        .collect();
    findings.extend(found);
    Ok(Report {
        findings,
        kinds: pages::kinds(),
        screens: samples.len(),
        languages: LANGUAGES.len(),
        combinations: all.len(),
        looks: count.looks,
        drawn: count.drawn,
        texts: count.texts,
        targets: count.targets,
        farthest,
        took: begun.elapsed(),
    })
}

fn jobs<'a>(samples: &'a [Sample], all: &[Combination], few: &[Combination]) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for (at, sample) in samples.iter().enumerate() {
        for (place, lang) in LANGUAGES.into_iter().enumerate() {
            let some = few.iter().skip((at + place) % WORDS_ONLY);
            // Traditional differs from Simplified Chinese in characters of the same width.
            let few_do = sample.words_only || lang == Lang::ZhHant;
            let combinations: Vec<Combination> = if few_do {
                some.step_by(WORDS_ONLY).copied().collect()
            } else {
                all.to_vec()
            };
            jobs.push(Job {
                sample,
                lang,
                combinations: drawn(&combinations, at + place, !few_do),
            });
        }
    }
    jobs
}

/// Pixels are looked at once in every contrast, each page in one of the languages: drawing takes
/// longer than all else, and what it can show depends on nothing more.
fn drawn(combinations: &[Combination], turn: usize, draws: bool) -> Vec<(Combination, bool)> {
    let mut seen = HashSet::new();
    let mut marked: Vec<(Combination, bool)> = combinations.iter().map(|it| (*it, false)).collect();
    let from = turn % combinations.len().max(1);
    for at in (from..marked.len()).chain(0..from) {
        let (combination, draw) = &mut marked[at];
        let half = Contrast::ALL
            .iter()
            .position(|it| *it == combination.display.contrast)
            .is_some_and(|place| place % 2 == turn % 2);
        *draw = draws && half && seen.insert(combination.display.contrast);
    }
    marked
}

fn look_at_all(jobs: &[Job<'_>], auditing: &Auditing) -> Result<(Vec<Finding>, Count), AuditError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let done = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| work(jobs, &next, auditing)))
            .collect();
        let joined = workers
            .into_iter()
            .map(|it| it.join().map_err(|_| AuditError::BrokeOff));
        joined.collect::<Result<Vec<_>, _>>()
    })?;
    let mut count = Count::default();
    let mut found = Vec::new();
    for worker in done {
        let (findings, counted) = worker?;
        found.extend(findings);
        count.add(counted);
    }
    found.sort_by_key(|(job, _)| *job);
    Ok((
        found.into_iter().map(|(_, finding)| finding).collect(),
        count,
    ))
}

type Worked = Result<(Vec<(usize, Finding)>, Count), AuditError>;

/// Takes one job after another, on a window of its own.
fn work(jobs: &[Job<'_>], next: &AtomicUsize, auditing: &Auditing) -> Worked {
    let mut looker = Looker::new()?;
    let mut all = Vec::new();
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(at) else {
            return Ok((all, looker.count));
        };
        let findings = one(&mut looker, at, job, auditing)?;
        all.extend(findings.into_iter().map(|finding| (at, finding)));
    }
}

/// The findings of one screen in one language: the same one in several combinations is one.
fn one(
    looker: &mut Looker,
    number: usize,
    job: &Job<'_>,
    auditing: &Auditing,
) -> Result<Vec<Finding>, AuditError> {
    let lang = Words(job.lang).code();
    let mut findings: Vec<Finding> = Vec::new();
    let mut known: HashMap<(Rule, String), usize> = HashMap::new();
    for (combination, draw) in &job.combinations {
        let found = looker.look(job.sample, job.lang, *combination, *draw);
        let mut new = false;
        for it in found {
            let key = (it.rule, it.element.clone());
            if let Some(at) = known.get(&key) {
                findings[*at].more += 1;
                continue;
            }
            known.insert(key, findings.len());
            let shown = combination.to_string();
            findings.push(finding(&job.sample.name, lang, shown, it));
            new = true;
        }
        if let Some(out) = auditing.out.as_ref().filter(|_| new) {
            looker.keep(out, number, &job.sample.name, lang, *combination)?;
        }
    }
    Ok(findings)
}

fn finding(page: &str, lang: &'static str, combination: String, found: Found) -> Finding {
    Finding {
        page: page.to_owned(),
        lang,
        combination,
        element: found.element,
        rule: found.rule,
        measured: found.measured,
        bar: found.bar,
        more: 0,
    }
}
