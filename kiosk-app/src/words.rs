//! The words of slips and documents: the same translation files as the screens.

use city_catalogue::Text;
use city_catalogue::delivery::Way;
use jiff::civil::{Date, DateTime};
use kiosk_core::screen::{Due, FeeShown, Lang, PartyShown, Relation, WishShown};
use kiosk_core::{TicketShown, Usual, Wording};

use crate::traditional::{given, written};

/// The declaration that is signed, by who applies or by an agent.
#[must_use]
pub fn declaration_key(by_agent: bool) -> &'static str {
    if by_agent {
        "doc.declaration-agent"
    } else {
        "doc.declaration"
    }
}

/// What an agent is to the applicant.
#[must_use]
pub fn relation_key(relation: Relation) -> &'static str {
    match relation {
        Relation::Spouse => "principal.relation-spouse",
        Relation::Child => "principal.relation-child",
        Relation::Parent => "principal.relation-parent",
        Relation::Relative => "principal.relation-relative",
        Relation::Guardian => "principal.relation-guardian",
        Relation::Lawyer => "principal.relation-lawyer",
        Relation::Other => "principal.relation-other",
    }
}

/// What an agent may do.
#[must_use]
pub fn rights_key(may_collect: bool) -> &'static str {
    if may_collect {
        "principal.collect-yes"
    } else {
        "principal.collect-no"
    }
}

/// An applicant or who acts for them.
#[must_use]
pub fn party_key(party: &PartyShown) -> &'static str {
    match party {
        PartyShown::Applicant(_) => "review.applicant",
        PartyShown::Agent { .. } => "review.agent",
    }
}

/// The key of the words for a way of handing a result over.
#[must_use]
pub fn way_key(way: Way) -> &'static str {
    match way {
        Way::Print => "delivery.way-print",
        Way::Window => "delivery.way-window",
        Way::Electronic => "delivery.way-electronic",
        Way::Locker => "delivery.way-locker",
        Way::Post => "delivery.way-post",
    }
}

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Lang);

impl Words {
    /// The language's code, as its translation file is named.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self.0 {
            Lang::ZhHans => "zh-Hans",
            Lang::En => "en",
            Lang::ZhHant => "zh-Hant",
        }
    }

    /// The words for `key`.
    #[must_use]
    pub fn get(self, key: &str) -> String {
        kiosk_ui::words::get(self.code(), key).to_owned()
    }

    /// The words for `key` with `{name}` filled in.
    #[must_use]
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        kiosk_ui::words::fill(self.code(), key, values)
    }

    /// A text of the catalogue in this language.
    #[must_use]
    pub fn text(self, text: &Text) -> String {
        match self.0 {
            Lang::ZhHans | Lang::ZhHant => self.chinese(&text.zh),
            Lang::En => text.get(city_catalogue::Lang::En).to_owned(),
        }
    }

    /// A text that the catalogue has in Chinese alone. Never what a person typed, a name or an address.
    #[must_use]
    pub fn chinese(self, text: &str) -> String {
        match self.0 {
            Lang::ZhHant => written(text).into_owned(),
            Lang::ZhHans | Lang::En => text.to_owned(),
        }
    }

    /// A sentence that is often needed.
    #[must_use]
    pub fn usual(self, usual: Usual) -> String {
        self.get(match usual {
            Usual::Progress => "enquiry.usual-progress",
            Usual::WhenDone => "enquiry.usual-when-done",
            Usual::MorePapers => "enquiry.usual-more-papers",
            Usual::GetResult => "enquiry.usual-get-result",
            Usual::NewContact => "enquiry.usual-new-contact",
            Usual::OutOfDate => "enquiry.usual-out-of-date",
            Usual::Miswritten => "enquiry.usual-miswritten",
            Usual::NotMine => "enquiry.usual-not-mine",
        })
    }

    /// What was asked or said of a fact: a usual sentence in this language, or the words as typed.
    #[must_use]
    pub fn wording(self, wording: &Wording) -> String {
        match wording {
            Wording::Usual(usual) => self.usual(*usual),
            Wording::Own(words) => words.reveal().to_owned(),
        }
    }

    /// What somebody said about a case: never converted, marked where its script is another.
    #[must_use]
    pub fn given(self, words: &str) -> String {
        match self.0 {
            Lang::ZhHant => given(words).into_owned(),
            Lang::ZhHans | Lang::En => words.to_owned(),
        }
    }

    /// The reason of a decision, as its department gave it.
    #[must_use]
    pub fn reason(self, reason: &Text) -> String {
        match self.0 {
            Lang::ZhHant => self.given(&reason.zh),
            Lang::ZhHans | Lang::En => self.text(reason),
        }
    }

    /// The words of what is signed or hashed: Traditional Chinese is only read, what counts is the
    /// Simplified text the city published.
    #[must_use]
    pub fn published(self) -> Self {
        match self.0 {
            Lang::ZhHant => Self(Lang::ZhHans),
            Lang::ZhHans | Lang::En => self,
        }
    }

    /// A day in the language's habit.
    #[must_use]
    pub fn day(self, day: Date) -> String {
        let (year, month, day) = (day.year(), day.month(), day.day());
        let values = [
            ("year", year.to_string()),
            ("month", month.to_string()),
            ("day", day.to_string()),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.fill("word.date", &values)
    }

    /// Month, day and day of the week; the month by name where figures alone are read both ways.
    #[must_use]
    pub fn weekday(self, day: Date) -> String {
        let weekday = day.weekday().to_monday_one_offset();
        let values = [
            ("weekday", self.get(&format!("weekday.{weekday}"))),
            ("day", day.day().to_string()),
            ("month", self.get(&format!("word.month-{}", day.month()))),
        ];
        let values = values.each_ref().map(|(n, v)| (*n, v.as_str()));
        self.fill("word.day", &values)
    }

    /// From when to when on a day.
    #[must_use]
    pub fn span(self, begins: DateTime, ends: DateTime) -> String {
        let clock = |at: DateTime| format!("{:02}:{:02}", at.hour(), at.minute());
        let (from, to) = (clock(begins), clock(ends));
        self.fill("appointment.span", &[("from", &from), ("to", &to)])
    }

    /// The day and time of a slot.
    #[must_use]
    pub fn slot(self, begins: DateTime, ends: DateTime) -> String {
        let (day, span) = (self.weekday(begins.date()), self.span(begins, ends));
        self.fill("appointment.when", &[("day", &day), ("span", &span)])
    }

    /// Day and minute.
    #[must_use]
    pub fn moment(self, at: DateTime) -> String {
        format!(
            "{} {:02}:{:02}",
            self.day(at.date()),
            at.hour(),
            at.minute()
        )
    }

    /// The counter a number is called to; `None` while it waits.
    #[must_use]
    pub fn counter(self, ticket: &TicketShown) -> Option<String> {
        let counter = ticket.counter?.to_string();
        Some(self.fill("check-in.counter", &[("n", &counter)]))
    }

    /// Where to go with a number, or how long it will be; `None` when nothing is known.
    #[must_use]
    pub fn queue(self, ticket: &TicketShown) -> Option<String> {
        let counter = self.counter(ticket);
        counter.or_else(|| match (ticket.ahead, ticket.minutes) {
            (_, Some(minutes)) => {
                Some(self.fill("check-in.minutes", &[("n", &minutes.to_string())]))
            }
            (Some(0), None) => Some(self.get("check-in.next")),
            (Some(ahead), None) => Some(self.fill("check-in.ahead", &[("n", &ahead.to_string())])),
            (None, None) => None,
        })
    }

    /// A due day, marked when it is provisional.
    #[must_use]
    pub fn due(self, due: Due) -> String {
        let day = self.day(due.date);
        if due.provisional {
            self.fill("word.provisional", &[("date", &day)])
        } else {
            day
        }
    }

    /// How a result reaches the resident: the way and where it leads to.
    #[must_use]
    pub fn wish(self, wish: &WishShown) -> String {
        let way = self.get(way_key(wish.way));
        let place = match (&wish.station, &wish.address) {
            (Some(station), _) => Some(self.text(station)),
            (None, Some(address)) => Some(address.reveal().to_owned()),
            (None, None) => None,
        };
        match place {
            Some(place) => self.fill("delivery.to", &[("way", &way), ("place", &place)]),
            None if wish.only => self.fill("delivery.only", &[("way", &way)]),
            None => way,
        }
    }

    /// Who applies or acts: masked, with what they are to each other and may do.
    #[must_use]
    pub fn party(self, party: &PartyShown) -> String {
        match party {
            PartyShown::Applicant(person) => format!("{} {}", person.name, person.number),
            PartyShown::Agent {
                person,
                relation,
                may_collect,
            } => [
                format!("{} {}", person.name, person.number),
                self.get(relation_key(*relation)),
                self.get(rights_key(*may_collect)),
            ]
            .join(" · "),
        }
    }

    /// What a fee costs: its amount, or its standard where the amount is not known yet.
    #[must_use]
    pub fn fee(self, fee: &FeeShown) -> String {
        fee.amount_fen
            .map_or_else(|| self.chinese(&fee.standard), |fen| self.money(fen))
    }

    /// An amount of money with its sign, from fen.
    #[must_use]
    pub fn money(self, fen: u64) -> String {
        let amount = format!("{}.{:02}", fen / 100, fen % 100);
        self.fill("word.money", &[("amount", &amount)])
    }
}
