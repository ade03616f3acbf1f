//! Spoken pages of an application: notice, facts, questions, papers, review, signature.

use city_catalogue::Text;
use kiosk_core::screen::{
    Ask, Consent, FactSource, FactsPage, FeeShown, MaterialPage, MaterialsPage, NoticePage,
    OptionShown, PortraitPage, PortraitSeen, ProblemShown, QuestionPage, ReviewPage, ScanPage,
    ScanTrouble, SignPage,
};

use super::super::{papers, portrait};
use super::Telling;
use crate::words::{declaration_key, party_key};

impl Telling<'_> {
    pub(super) fn notice(&mut self, page: &NoticePage) {
        self.key("notice.title");
        let words = self.words();
        self.pair_of("notice.who", &words.text(&page.body));
        let item = words.text(&page.item);
        let why = words.fill("notice.why-text {0}", &[("0", &item)]);
        self.pair_of("notice.why", &why);
        let (kinds, sensitive) = (
            self.say.listed(&page.kinds),
            self.say.listed(&page.sensitive),
        );
        self.pair_of("notice.what", &kinds);
        self.pair_of("notice.sensitive", &sensitive);
        self.pair_of("notice.how-long", &words.get("notice.how-long-text"));
        self.pair_of("notice.rights", &words.get("notice.rights-text"));
    }

    pub(super) fn facts(&mut self, page: &FactsPage) {
        self.key("facts.title");
        self.key("facts.lead");
        for fact in &page.facts {
            let words = self.words();
            let from = words.get(match fact.from {
                FactSource::Card => "facts.from-card",
                FactSource::Register => "facts.from-register",
                FactSource::Typed => "facts.typed",
            });
            let value = [fact.value.as_str(), &from].join(&words.get("word.separator"));
            self.pair(&words.text(&fact.label), &value);
            if fact.disputed {
                self.key("facts.disputed");
            }
        }
        self.turn(page.turn);
    }

    pub(super) fn question(&mut self, page: &QuestionPage) {
        self.problem(page.problem.as_ref());
        self.text(&page.label);
        if page.optional {
            self.key("question.optional");
        }
        match &page.ask {
            Ask::Text { keyboard, .. } => match keyboard {
                kiosk_core::screen::Keyboard::IdNumber => self.key("question.id-hint"),
                kiosk_core::screen::Keyboard::Zone => self.key("question.zone-hint"),
                kiosk_core::screen::Keyboard::Full
                | kiosk_core::screen::Keyboard::Latin
                | kiosk_core::screen::Keyboard::Digits
                | kiosk_core::screen::Keyboard::Money => {}
            },
            Ask::Date { month: false, .. } => self.key("question.date-hint"),
            Ask::Date { month: true, .. } => self.key("question.month-hint"),
            Ask::Choice { turn, .. } => self.turn(*turn),
            Ask::Choices { turn, .. } => {
                self.key("question.several");
                self.turn(*turn);
            }
            Ask::YesNo { .. } => {}
            Ask::Statement { .. } => self.key("question.statement"),
            Ask::Region {
                path,
                options,
                turn,
            } => {
                let path = self.say.listed(path);
                self.line(&path);
                if options.is_empty() {
                    self.key("question.region-complete");
                }
                self.turn(*turn);
            }
            Ask::Rows { rows, .. } if rows.is_empty() => self.key("question.no-rows"),
            Ask::Rows { columns, rows, .. } => {
                let columns = self.say.listed(columns);
                self.line(&columns);
                for row in rows {
                    let row = row.join(&self.words().get("word.separator"));
                    self.line(&row);
                }
            }
        }
    }

    /// What was chosen before, without walking over all of it.
    pub(super) fn chosen(&mut self, options: &[OptionShown]) {
        let chosen: Vec<Text> = options
            .iter()
            .filter(|option| option.on)
            .map(|option| option.name.clone())
            .collect();
        let chosen = self.say.listed(&chosen);
        self.pair_of("spoken.on", &chosen);
    }

    fn problem(&mut self, problem: Option<&ProblemShown>) {
        if let Some(problem) = problem {
            let values = problem.values.iter();
            let values: Vec<(&str, &str)> = values.map(|(n, v)| (*n, v.as_str())).collect();
            self.filled(&format!("problem.{}", problem.key), &values);
        }
    }

    pub(super) fn materials(&mut self, page: &MaterialsPage) {
        self.key("materials.title");
        for material in &page.materials {
            let name = self.words().text(&material.name);
            let state = self.say.material(material.state).1;
            self.pair(&name, &state);
        }
        self.turn(page.turn);
    }

    pub(super) fn material_page(&mut self, page: &MaterialPage) {
        self.text(&page.name);
        if page.promise {
            self.key("material.promise-title");
            let name = self.words().text(&page.name);
            self.filled("material.promise-text {0}", &[("0", &name)]);
            return self.key("material.promise-liability");
        }
        let state = self.say.material(page.state).1;
        self.line(&state);
        let standard = page.standard.as_deref().unwrap_or_default();
        self.pair_of("material.standard", &self.words().chinese(standard));
        if !page.common_errors.is_empty() {
            self.key("material.common-errors");
            for error in &page.common_errors {
                let error = self.words().chinese(error);
                self.line(&error);
            }
        }
        let camera = portrait::camera_away(page.camera, &self.say);
        self.line(&camera);
    }

    pub(super) fn scan(&mut self, page: &ScanPage) {
        match page {
            ScanPage::Place {
                name,
                pages,
                feeder,
                desk,
                back,
                photo,
                trouble,
            } => {
                if let Some(trouble) = trouble {
                    self.detailed(papers::scan_trouble(*trouble));
                }
                let name = self.words().text(name);
                let detail = match (desk, photo, feeder) {
                    _ if *back => "scan.back-detail {0}",
                    (true, true, _) => "scan.place-desk-photo {0}",
                    (true, false, _) => "scan.place-desk-detail {0}",
                    (false, true, _) => "scan.place-photo {0}",
                    (false, false, true) => "scan.place-feeder {0}",
                    (false, false, false) => "scan.place-detail {0}",
                };
                self.key(match (back, desk) {
                    (true, _) => "scan.back",
                    (false, true) => "scan.place-desk",
                    (false, false) => "scan.place",
                });
                self.filled(detail, &[("0", &name)]);
                if *pages > 0 {
                    self.filled("scan.pages {0}", &[("0", &pages.to_string())]);
                }
            }
            ScanPage::Scanning { pages, .. } => {
                self.detailed("scan.scanning");
                if *pages > 0 {
                    self.filled("scan.came {0}", &[("0", &pages.to_string())]);
                }
            }
            ScanPage::Look {
                name,
                page,
                desk,
                left,
                advice,
                ..
            } => {
                self.advice(*left, *advice, *desk, "scan.look");
                let name = self.words().text(name);
                let values = [("0", name.as_str()), ("1", &page.to_string())];
                self.filled("scan.look-detail {0} {1}", &values);
            }
            ScanPage::Pages {
                name,
                page,
                pages,
                desk,
                left,
                advice,
                ..
            } => {
                self.advice(*left, *advice, *desk, "scan.kept");
                let name = self.words().text(name);
                let (page, pages) = (page.to_string(), pages.to_string());
                let values = [("0", name.as_str()), ("1", &page), ("2", &pages)];
                self.filled("scan.kept-detail {0} {1} {2}", &values);
            }
        }
    }

    /// What to mend about a scanned page; `good` where there is nothing.
    fn advice(
        &mut self,
        left: bool,
        advice: Option<kiosk_core::screen::PageAdvice>,
        desk: bool,
        good: &str,
    ) {
        if left {
            return self.detailed(papers::scan_trouble(ScanTrouble::SheetsLeft));
        }
        let Some(advice) = advice else {
            return self.key(good);
        };
        let key = papers::page_advice(advice);
        self.key(key);
        match papers::desk_deed(advice).filter(|_| desk) {
            Some(deed) => self.key(deed),
            None => self.key(&format!("{key}-detail")),
        }
    }

    pub(super) fn portrait(&mut self, page: &PortraitPage) {
        match page {
            PortraitPage::Live { seen, .. } => match seen {
                PortraitSeen::Starting => self.detailed("portrait-seen.starting"),
                PortraitSeen::Good => self.detailed("portrait-seen.good"),
                PortraitSeen::Advice(advice) => self.detailed(portrait::advice_key(*advice)),
            },
            PortraitPage::Taking { .. } => self.detailed("portrait.taking"),
            PortraitPage::Look { name, advice, .. } => {
                match advice {
                    Some(advice) => self.detailed(portrait::advice_key(*advice)),
                    None => self.key("portrait.look"),
                }
                let name = self.words().text(name);
                self.filled("portrait.look-detail {0}", &[("0", &name)]);
            }
            PortraitPage::Trouble { trouble, .. } => {
                self.key(portrait::trouble_key(*trouble));
                self.key("portrait-seen.trouble-detail");
            }
        }
    }

    pub(super) fn review(&mut self, page: &ReviewPage) {
        self.key("review.title");
        self.key("review.lead");
        for row in &page.rows {
            let label = self.words().text(&row.label);
            if let Some(party) = &row.party {
                let value = self.words().party(party);
                self.pair_of(party_key(party), &value);
                continue;
            }
            match row.material {
                Some(state) => {
                    let state = self.say.material(state).1;
                    self.pair(&label, &state);
                }
                None => self.pair(&label, &row.value),
            }
        }
        self.turn(page.turn);
    }

    /// What for, the declaration, what it costs: the text that is signed.
    pub(super) fn declaration(&mut self, item: &Text, fees: &[FeeShown], by_agent: bool) {
        // Its hash is kept, so it is the published text; both scripts of Chinese sound alike.
        let seen = self.say.words;
        self.say.words = seen.published();
        let item = self.words().text(item);
        self.filled("sign.declaration {0}", &[("0", &item)]);
        self.key(declaration_key(by_agent));
        self.fees(fees);
        self.say.words = seen;
    }

    pub(super) fn sign(&mut self, page: &SignPage) {
        self.key("sign.title");
        if let Some(name) = &page.applicant {
            self.filled("sign.for {0}", &[("0", name)]);
        }
        self.declaration(&page.item, &page.fees, page.applicant.is_some());
        match page.aloud {
            None => {}
            Some(aloud) if aloud.given => self.key("sign.aloud-given"),
            Some(aloud) if aloud.heard => self.key("sign.aloud-ready"),
            Some(_) => self.key("sign.aloud-lead"),
        }
    }
}

/// The consent beside a tick.
pub(super) fn consent_key(consent: Consent) -> &'static str {
    match consent {
        Consent::Notice => "notice.tick-notice",
        Consent::Sensitive => "notice.tick-sensitive",
        Consent::Guardian => "notice.tick-guardian",
    }
}
