//! Messages to residents: what is due is found in the store, its words in the case, its way is a channel.
//!
//! A message names the matter by its number and never a person. Who gets it, and what it says, stands in no log.

use std::fmt::Debug;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use city_api::requests::{Private, Words};
use city_catalogue::case::State;
use city_catalogue::record::FieldType;

use crate::app::App;
use crate::clock::{after, civil, zone};
use crate::file::CaseFile;
use crate::handover;
use crate::store::{CaseKey, NoticeKind, NoticeRow};
use crate::web::error::chain;
use crate::worker::Failed;

/// How often due messages and clocks that ran out are looked for.
const PAUSE: Duration = Duration::from_millis(500);
/// Most messages before the clocks are looked at.
const BATCH: u32 = 50;
/// Most clocks marked at once.
const MOST_LATE: u32 = 200;
/// Seconds until another node may send a message that this one claimed.
const CLAIM_SECONDS: i64 = 60;
/// Seconds between tries, the longest for all further ones.
const RETRY_SECONDS: [i64; 4] = [30, 300, 3600, 21_600];
/// Seconds after which the clocks are looked at again.
const LOOK_SECONDS: i64 = 60;

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Number of the message: sent twice, it is one.
    pub id: i64,
    /// Mobile number.
    pub to: Private,
    /// What it is about: `accepted`, `not_accepted`, `correction`, `due_soon`, `result`, `answered`,
    /// `special`, `resumed`, `extended`, `terminated`, `rectify`, `revoked`, `collect`, `posted`, `uncollected`,
    /// `returned`.
    pub about: String,
    /// What it says.
    pub text: Words,
}

/// A channel did not take a message.
#[derive(Debug, thiserror::Error)]
#[error("handing a message to its channel")]
pub struct NotSent(#[source] pub std::io::Error);

/// What a channel does with a message: done when it has taken it for good.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), NotSent>> + Send + 'a>>;

/// A way to a resident: a text message, the city's app, or a folder in the sample city.
pub trait Channel: Debug + Send + Sync {
    /// Hands a message over. A message of an id that was taken before is not sent again.
    ///
    /// # Errors
    /// [`NotSent`] when it is not taken; it is tried again later.
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a>;
}

/// A folder with one file for each message, for its owner's eyes only: the channel of the sample city.
#[derive(Debug, Clone)]
pub struct FileOutbox {
    folder: PathBuf,
}

impl FileOutbox {
    /// An outbox in this folder, which is made with the first message.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn put(&self, message: &Message) -> std::io::Result<()> {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.folder)?;
        let name = format!("{:010}-{}", message.id, message.about);
        let place = self.folder.join(format!("{name}.json"));
        if place.exists() {
            return Ok(());
        }
        let json = city_api::application::to_bytes(message)?;
        let part = self.folder.join(format!(".{name}.part"));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        file.write_all(&json)?;
        file.sync_all()?;
        std::fs::rename(&part, &place)
    }
}

impl Channel for FileOutbox {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let (outbox, message) = (self.clone(), message.clone());
            let put = tokio::task::spawn_blocking(move || outbox.put(&message)).await;
            put.unwrap_or_else(|error| Err(std::io::Error::other(error)))
                .map_err(NotSent)
        })
    }
}

/// Sends what is due and marks clocks that ran out, until the task is dropped.
pub(crate) async fn run(app: Arc<App>) {
    let mut next_look = Timestamp::MIN;
    loop {
        if let Err(error) = send_due(&app).await {
            tracing::error!(error = %chain(error.as_ref()), "messages cannot be sent; again later");
        }
        let now = app.now();
        if next_look <= now {
            next_look = after(now, LOOK_SECONDS);
            if let Err(error) = look(&app, now).await {
                tracing::error!(error = %chain(error.as_ref()), "clocks of questions and work orders cannot be looked at");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Marks what was not answered in time, and rates by default what nobody rated.
async fn look(app: &App, now: Timestamp) -> Result<(), Failed> {
    let today = civil(now).date();
    app.store.late_orders(today, now, MOST_LATE).await?;
    app.store.late_enquiries(today, now, MOST_LATE).await?;
    app.store.late_checks(today, now, MOST_LATE).await?;
    look_at_deliveries(app, today, now).await?;
    let days = app.published().policy.feedback.default_rating_days;
    if days == 0 {
        return Ok(());
    }
    let before = after(now, -24 * 3600 * i64::from(days));
    for case in app.store.unrated(before, MOST_LATE).await? {
        let Some(row) = app.store.case(CaseKey::Id(case)).await? else {
            continue;
        };
        let file = CaseFile::open(row, &app.keys.master)?;
        let body = file.record.body.clone();
        app.store
            .rate_by_default(case, body, file.item, now)
            .await?;
    }
    Ok(())
}

/// Marks what was not delivered in time, sends back what nobody fetched, and reminds of what waits: what goes back needs
/// no reminder.
async fn look_at_deliveries(
    app: &App,
    today: jiff::civil::Date,
    now: Timestamp,
) -> Result<(), Failed> {
    let published = app.published();
    let policy = &published.policy.delivery;
    let before = |days: u32| after(now, -24 * 3600 * i64::from(days));
    let store = &app.store;
    store.late_deliveries(today, now, MOST_LATE).await?;
    let (back, remind) = (before(policy.return_days), before(policy.remind_days));
    store.return_deliveries(back, now, MOST_LATE).await?;
    store.remind_of_deliveries(remind, now, MOST_LATE).await?;
    Ok(())
}

async fn send_due(app: &App) -> Result<(), Failed> {
    for _ in 0..BATCH {
        let now = app.now();
        let until = after(now, CLAIM_SECONDS);
        let Some(notice) = app.store.claim_notice(now, until).await? else {
            return Ok(());
        };
        let Some(due) = compose(app, &notice).await? else {
            app.store.notice_done(notice, now, None).await?;
            continue;
        };
        let sent = match (&app.channel, &due.message) {
            (Some(channel), Some(message)) => channel.send(message).await,
            // Without a channel, or a number to reach somebody at, there is nobody to tell.
            (None, _) | (_, None) => Ok(()),
        };
        match sent {
            Ok(()) => app.store.notice_done(notice, now, due.next).await?,
            Err(error) => {
                let last = RETRY_SECONDS.len() - 1;
                let at = usize::try_from(notice.tries).map_or(last, |tries| tries.min(last));
                let pause = RETRY_SECONDS.get(at).copied().unwrap_or_default();
                tracing::warn!(notice = notice.id, error = %chain(&error), "a message is not sent; again later");
                app.store.notice_failed(notice, pause, now).await?;
            }
        }
    }
    Ok(())
}

/// A message as the case words it now.
struct Due {
    /// None when the case names no number.
    message: Option<Message>,
    /// What follows it, and when.
    next: Option<(NoticeKind, Timestamp)>,
}

/// None when the matter has moved on and there is nothing to say any more.
async fn compose(app: &App, notice: &NoticeRow) -> Result<Option<Due>, Failed> {
    let Some(row) = app.store.case(CaseKey::Id(notice.case)).await? else {
        return Ok(None);
    };
    let file = CaseFile::open(row, &app.keys.master)?;
    let text = match notice.kind.is_of_delivery() {
        true => handover::words(app, &file, notice.kind).await?,
        false => words(&file, notice.kind),
    };
    let Some(text) = text else {
        return Ok(None);
    };
    let item = app.item_of(&file).await?;
    let mobile = item.as_ref().and_then(|item| {
        let application = file.record.application.as_ref()?;
        let mut fields = item.filed.form.iter();
        let field = fields.find(|field| field.field_type == FieldType::Mobile)?;
        match application.answers.value(&field.name)? {
            city_catalogue::form::Value::Text(number) => Some(Private::new(number.clone())),
            _ => None,
        }
    });
    let next = (notice.kind == NoticeKind::Correction)
        .then(|| reminder(app, &file))
        .flatten();
    Ok(Some(Due {
        message: mobile.map(|to| Message {
            id: notice.id,
            to,
            about: notice.kind.name().to_owned(),
            text,
        }),
        next,
    }))
}

/// When the resident is reminded of what to bring: at nine, so many days before the last one.
fn reminder(app: &App, file: &CaseFile) -> Option<(NoticeKind, Timestamp)> {
    let asked = file.record.supplements.last()?;
    let days = app.published().policy.feedback.remind_days;
    let mut day = asked.bring_by.date;
    for _ in 0..days {
        day = day.yesterday().ok()?;
    }
    let at = day.at(9, 0, 0, 0).to_zoned(zone()).ok()?.timestamp();
    (at > app.now()).then_some((NoticeKind::DueSoon, at))
}

/// None when there is nothing to say any more, and for what [`handover::words`] says.
fn words(file: &CaseFile, kind: NoticeKind) -> Option<Words> {
    let record = &file.record;
    let number = file.case_number.as_ref().unwrap_or(&file.filing_number);
    let (zh, en) = (&record.name.zh, &record.name.en);
    let asked = record
        .supplements
        .last()
        .filter(|_| record.state == State::Correction);
    Some(match kind {
        NoticeKind::Accepted => {
            let until = record.promised.map(|due| due.date);
            let (by, by_en) = until.map_or_else(Default::default, |day| {
                (format!("，承诺{day}前办结"), format!("; promised by {day}"))
            });
            Words::new(
                format!("您申请的{zh}（{number}）已受理{by}。"),
                format!("Your application {en} ({number}) is accepted{by_en}."),
            )
        }
        NoticeKind::NotAccepted => Words::new(
            format!("您申请的{zh}（{number}）不予受理，理由可在自助终端或窗口查询。"),
            format!(
                "Your application {en} ({number}) is not accepted; a kiosk or window tells why."
            ),
        ),
        NoticeKind::Correction => {
            let (count, day) = (asked?.materials.len(), asked?.bring_by.date);
            Words::new(
                format!(
                    "您申请的{zh}（{number}）需补正{count}项材料，请于{day}前在任一自助终端或窗口补交。"
                ),
                format!(
                    "Your application {en} ({number}) lacks {count} papers: bring them to any kiosk or window by {day}."
                ),
            )
        }
        NoticeKind::DueSoon => {
            let day = asked?.bring_by.date;
            Words::new(
                format!("提醒：您申请的{zh}（{number}）的补正材料请于{day}前补交。"),
                format!("Reminder: the papers for {en} ({number}) are due by {day}."),
            )
        }
        NoticeKind::Result => {
            let granted = record.decision.as_ref()?.granted;
            let (outcome, outcome_en) = match granted {
                true => (
                    "已办结，结果可在自助终端打印或在窗口领取",
                    "is granted; a kiosk prints the result, a window hands it out",
                ),
                false => (
                    "不予批准，理由可在自助终端或窗口查询",
                    "is refused; a kiosk or window tells why",
                ),
            };
            Words::new(
                format!("您申请的{zh}（{number}）{outcome}。"),
                format!("Your application {en} ({number}) {outcome_en}."),
            )
        }
        NoticeKind::Answered => Words::new(
            format!("您在{zh}（{number}）中的提问已答复，可在自助终端查看。"),
            format!("Your question in {en} ({number}) is answered; a kiosk shows the answer."),
        ),
        NoticeKind::Special => {
            let (special, _) = record
                .special()
                .filter(|_| record.state == State::Special)?;
            let (kind, days) = (special.kind.words(), special.days);
            Words::new(
                format!(
                    "您申请的{zh}（{number}）需进行{}，预计{days}个工作日，所需时间不计入办理期限。",
                    kind.zh
                ),
                format!(
                    "Your application {en} ({number}) needs a special procedure ({}): about {days} working days, not counted in its limit.",
                    kind.en
                ),
            )
        }
        NoticeKind::Resumed => {
            let (special, _) = record
                .special()
                .filter(|_| record.state != State::Special)?;
            let (kind, until) = (special.kind.words(), record.promised);
            let (by, by_en) = until.map_or_else(Default::default, |due| {
                let day = due.date;
                (format!("，承诺{day}前办结"), format!("; promised by {day}"))
            });
            Words::new(
                format!(
                    "您申请的{zh}（{number}）的{}已结束，恢复计时{by}。",
                    kind.zh
                ),
                format!(
                    "The {} for {en} ({number}) is over and its clock runs on{by_en}.",
                    kind.en
                ),
            )
        }
        NoticeKind::Extended => {
            let (extension, _) = record.extension()?;
            let days = extension.days;
            let until = record.statutory.map(|due| due.date);
            let (by, by_en) = until.map_or_else(Default::default, |day| {
                (format!("，至{day}"), format!(", to {day}"))
            });
            Words::new(
                format!(
                    "您申请的{zh}（{number}）经批准延长办理期限{days}日{by}，理由可在自助终端或窗口查询。"
                ),
                format!(
                    "The limit of {en} ({number}) is extended by {days} days{by_en}; a kiosk or window tells why."
                ),
            )
        }
        NoticeKind::Terminated => Words::new(
            format!("您申请的{zh}（{number}）已终止办理，理由可在自助终端或窗口查询。"),
            format!("The handling of {en} ({number}) has ended; a kiosk or window tells why."),
        ),
        NoticeKind::Rectify => Words::new(
            format!("经核查，您申请的{zh}（{number}）所作承诺不实，请按窗口告知的期限整改。"),
            format!(
                "A commitment of yours in {en} ({number}) does not hold: put it right by the day a window tells."
            ),
        ),
        NoticeKind::Revoked => Words::new(
            format!(
                "经核查，您申请的{zh}（{number}）所作承诺不实，原决定已撤销，理由可在窗口查询。"
            ),
            format!(
                "A commitment of yours in {en} ({number}) does not hold: the decision is revoked; a window tells why."
            ),
        ),
        NoticeKind::Collect
        | NoticeKind::Posted
        | NoticeKind::Uncollected
        | NoticeKind::Returned => return None,
    })
}

#[cfg(test)]
mod tests {
    use city_api::requests::{Private, Words};

    use super::{Channel as _, FileOutbox, Message};

    #[tokio::test]
    async fn a_message_sent_twice_is_one_file_that_only_the_city_reads() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let outbox = FileOutbox::new(&folder.path().join("outbox"));
        let message = Message {
            id: 7,
            to: Private::from("15400000001"),
            about: "accepted".into(),
            text: Words::new("已受理", "accepted"),
        };
        outbox.send(&message).await.unwrap();
        outbox.send(&message).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(folder.path().join("outbox"))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].file_name(), "0000000007-accepted.json");
        assert_eq!(
            files[0].metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(!format!("{message:?}").contains("15400000001"));
    }
}
