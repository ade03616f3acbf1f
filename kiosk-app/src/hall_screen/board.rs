//! What the screen of a hall shows: the last calls, which of them is announced, how old the news is. Time is an argument.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use kiosk_core::Now;

/// A call stands large for so long.
const ANNOUNCED_FOR: Duration = Duration::from_secs(10);
/// The same while others wait to be announced.
const NEXT_AFTER: Duration = Duration::from_secs(5);
/// News older than that is said to be old: several looks in a row went unanswered.
const OLD_AFTER: Duration = Duration::from_secs(15);

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The number.
    pub number: String,
    /// The counter.
    pub counter: u16,
    /// When it was called there last.
    pub at: Timestamp,
}

/// What the city said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The last calls, the newest first.
    pub calls: Vec<Call>,
    /// How many wait.
    pub waiting: u32,
}

/// How far what is shown can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The city answers.
    Now,
    /// It answered last at this time.
    Since(DateTime),
    /// It has not answered since this program began.
    Never,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The last calls of today, the newest first.
    pub calls: Vec<Call>,
    /// The call that stands large; `None` when none does.
    pub announced: Option<Call>,
    /// How many wait; `None` when that is not known now.
    pub waiting: Option<u32>,
    /// How far that can be believed.
    pub heard: Heard,
}

/// The board. It keeps nothing on disk: after a restart the city tells it all again.
#[derive(Debug, Default)]
pub struct Board {
    last: Option<(Now, News)>,
    /// Calls to be announced, the oldest first, and since when the first of them is.
    due: VecDeque<Call>,
    since: Duration,
}

impl Board {
    /// The city answered. What was called before this program began is not announced again.
    pub fn news(&mut self, now: Now, news: News) {
        if let Some((_, before)) = &self.last {
            let newest = before.calls.iter().map(|call| call.at).max();
            let is_new = |call: &&Call| Some(call.at) >= newest && !before.calls.contains(call);
            let mut new: Vec<Call> = news.calls.iter().filter(is_new).cloned().collect();
            new.sort_by_key(|call| call.at);
            if self.due.is_empty() {
                self.since = now.up;
            }
            self.due.extend(new);
        }
        self.last = Some((now, news));
    }

    /// Time has passed: who was announced makes room for the next.
    pub fn tick(&mut self, now: Now) {
        let shown = now.up.saturating_sub(self.since);
        let long = if self.due.len() > 1 {
            NEXT_AFTER
        } else {
            ANNOUNCED_FOR
        };
        if shown >= long && self.due.pop_front().is_some() {
            self.since = now.up;
        }
    }

    /// What is shown now.
    #[must_use]
    pub fn shown(&self, now: Now) -> Shown {
        let heard = match &self.last {
            None => Heard::Never,
            Some((at, _)) if now.up.saturating_sub(at.up) < OLD_AFTER => Heard::Now,
            Some((at, _)) => Heard::Since(at.civil),
        };
        // Calls of yesterday say nothing today.
        let today = |last: &&(Now, News)| last.0.civil.date() == now.civil.date();
        let last = self.last.as_ref().filter(today).map(|(_, news)| news);
        Shown {
            calls: last.map_or_else(Vec::new, |news| news.calls.clone()),
            announced: self.due.front().cloned(),
            waiting: last
                .filter(|_| heard == Heard::Now)
                .map(|news| news.waiting),
            heard,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(seconds: u64) -> Now {
        let past = jiff::Span::new().seconds(i64::try_from(seconds).unwrap());
        Now {
            up: Duration::from_secs(seconds),
            civil: date(2026, 11, 23).at(10, 0, 0, 0).saturating_add(past),
        }
    }

    fn call(number: u32, counter: u16, second: i64) -> Call {
        Call {
            number: format!("A{number:03}"),
            counter,
            at: Timestamp::from_second(second).unwrap(),
        }
    }

    fn news(calls: &[Call]) -> News {
        News {
            calls: calls.to_vec(),
            waiting: 7,
        }
    }

    fn announced(board: &Board, seconds: u64) -> Option<String> {
        board.shown(at(seconds)).announced.map(|call| call.number)
    }

    #[test]
    fn a_new_call_is_announced_once_and_then_stands_in_the_list() {
        let mut board = Board::default();
        board.news(at(0), news(&[call(1, 1, 100)]));
        assert_eq!(announced(&board, 0), None, "called before the screen began");
        let both = [call(2, 3, 200), call(1, 1, 100)];
        board.news(at(2), news(&both));
        assert_eq!(announced(&board, 2).as_deref(), Some("A002"));
        // The same news, every two seconds.
        for second in [4, 6, 8, 10] {
            board.news(at(second), news(&both));
            board.tick(at(second));
            assert_eq!(announced(&board, second).as_deref(), Some("A002"));
        }
        board.news(at(12), news(&both));
        board.tick(at(12));
        assert_eq!(announced(&board, 12), None);
        assert_eq!(board.shown(at(12)).calls, both);
    }

    #[test]
    fn the_screen_restarts_and_has_the_list_again_and_announces_nobody_twice() {
        let calls = [call(2, 3, 200), call(1, 1, 100)];
        let mut board = Board::default();
        board.news(at(0), news(&calls));
        let shown = board.shown(at(0));
        assert_eq!(
            (shown.calls.as_slice(), shown.announced),
            (&calls[..], None)
        );
        assert_eq!((shown.waiting, shown.heard), (Some(7), Heard::Now));
    }

    #[test]
    fn a_recall_is_announced_anew_and_comes_to_the_top() {
        let mut board = Board::default();
        board.news(at(0), news(&[call(2, 3, 200), call(1, 1, 100)]));
        let recalled = [call(1, 1, 300), call(2, 3, 200)];
        board.news(at(2), news(&recalled));
        assert_eq!(announced(&board, 2).as_deref(), Some("A001"));
        assert_eq!(board.shown(at(2)).calls, recalled);
    }

    #[test]
    fn the_fifth_call_pushes_the_first_out_and_nobody_is_announced_for_it() {
        let mut board = Board::default();
        let four: Vec<Call> = (1..=4)
            .rev()
            .map(|n| call(n, 1, i64::from(n) * 100))
            .collect();
        board.news(at(0), news(&four));
        let mut five = vec![call(5, 2, 500)];
        five.extend_from_slice(&four[..3]);
        board.news(at(2), news(&five));
        assert_eq!(board.shown(at(2)).calls, five);
        board.tick(at(12));
        // A counter is done with the fifth, and the fourth call back shows again.
        board.news(at(12), news(&four));
        assert_eq!(announced(&board, 12), None);
    }

    #[test]
    fn two_counters_call_at_once_and_both_are_announced_one_after_the_other() {
        let mut board = Board::default();
        board.news(at(0), news(&[]));
        board.news(at(2), news(&[call(2, 3, 200), call(1, 1, 200)]));
        let first = announced(&board, 2);
        board.tick(at(4));
        assert_eq!(announced(&board, 4), first);
        board.tick(at(7));
        let second = announced(&board, 7);
        assert!(first.is_some() && second.is_some() && first != second);
        board.tick(at(16));
        assert_eq!(announced(&board, 16), second);
        board.tick(at(17));
        assert_eq!(announced(&board, 17), None);
    }

    #[test]
    fn the_city_does_not_answer_and_the_screen_says_since_when() {
        let mut board = Board::default();
        assert_eq!(board.shown(at(3)).heard, Heard::Never);
        let calls = [call(1, 1, 100)];
        board.news(at(10), news(&calls));
        assert_eq!(board.shown(at(24)).heard, Heard::Now);
        let shown = board.shown(at(25));
        assert_eq!(shown.heard, Heard::Since(at(10).civil));
        assert_eq!((shown.calls.as_slice(), shown.waiting), (&calls[..], None));
        board.news(at(40), news(&[call(2, 1, 390), call(1, 1, 100)]));
        assert_eq!(board.shown(at(40)).heard, Heard::Now);
        assert_eq!(announced(&board, 40).as_deref(), Some("A002"));
    }

    #[test]
    fn the_city_is_away_over_midnight_and_the_calls_of_yesterday_go() {
        let mut board = Board::default();
        board.news(at(0), news(&[call(1, 1, 100)]));
        let later = Now {
            up: Duration::from_secs(60_000),
            civil: date(2026, 11, 24).at(0, 0, 1, 0),
        };
        let shown = board.shown(later);
        assert_eq!(shown.calls, []);
        assert_eq!(shown.heard, Heard::Since(at(0).civil));
    }
}
