//! Result documents: made when a case is granted, encrypted with the case's key, confirmed at `/verify`.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use city_api::numbers::VerificationCode;
use city_api::requests::outcome::ResultRef;
use city_catalogue::record::{City, Item};
use kiosk_paper::Document;
use kiosk_paper::document::{DocumentDate, Row, Seal, Section, Verification};

use crate::app::App;
use crate::clock::civil;
use crate::file::{CaseFile, CaseItem, DecisionRecord};
use crate::flow;
use crate::store::ResultRow;
use crate::worker::{Failed, changing};

/// Makes, stores and announces the result document of a granted case.
pub(crate) async fn issue(
    app: &Arc<App>,
    file: &CaseFile,
    item: Option<CaseItem>,
) -> Result<(), Failed> {
    let case_item = item.ok_or("making a result: the item of the case is not known")?;
    let item = Arc::clone(&case_item.handled);
    let decision = file.record.decision.clone();
    let decision = decision.ok_or("making a result: the case is not decided")?;
    let issued = civil(decision.at).date();
    let sequence = app.store.draw(format!("result:{issued}")).await?;
    let number = format!("YT{}{sequence:06}", issued.strftime("%Y%m%d"));
    let code = VerificationCode::new(rand::random()).to_string();
    let document = document(app, file, &item, &decision, &number, &code);
    let fonts = Arc::clone(&app.fonts);
    let pdf = tokio::task::spawn_blocking(move || document.lay_out(&fonts)?.pdf()).await??;
    let id = Uuid::now_v7();
    let sealed = file
        .data_key(&app.keys.master)?
        .seal(&result_place(id), pdf.as_ref())?;
    let blob = app.blobs.put_document(sealed).await?;
    let issuer = app.body(&decision.body).name;
    let row = ResultRow {
        id,
        case: file.id,
        number: number.clone(),
        code: code.clone(),
        name: item.result.name.clone(),
        issuer: serde_json::to_string(&issuer)?,
        issued,
        kiosk_print: item.result.kiosk_print,
        blob,
        revoked: None,
    };
    let result = ResultRef {
        id,
        number,
        verification_code: code,
        name: item.result.name.clone(),
        kiosk_print: item.result.kiosk_print,
    };
    let attach = changing(app, Some(case_item), move |file, ground| {
        flow::result_issued(&mut file.record, result, ground);
    });
    app.store.add_result(row, attach).await?;
    Ok(())
}

/// The place a result's ciphertext is bound to.
pub(crate) fn result_place(result: Uuid) -> String {
    format!("result {result}")
}

fn document(
    app: &App,
    file: &CaseFile,
    item: &Item,
    decision: &DecisionRecord,
    number: &str,
    code: &str,
) -> Document {
    let issuer = app.body(&decision.body).name.zh;
    let mut document = Document::new(item.result.name.clone(), issuer.clone(), date(decision.at));
    document.number = Some(Row::new("编号", Some(number)));
    document.sections = vec![holder(file), matter(file, item, decision)];
    if !decision.facts.is_empty() {
        document.sections.push(Section {
            heading: "核验情况".to_owned(),
            rows: decision
                .facts
                .iter()
                .map(|(label, value)| Row::new(label.clone(), Some(value.reveal())))
                .collect(),
            table: None,
        });
    }
    let published = app.published();
    let city = published.catalogue.city();
    document.statements = statements(city);
    document.verification = Some(Verification {
        qr: format!(
            "{}{}?number={number}",
            app.public_url,
            city_api::requests::paths::VERIFY
        ),
        label: "验证码".to_owned(),
        code: code.to_owned(),
        note: "扫描二维码并输入验证码，可核对本件真伪。".to_owned(),
    });
    // The seal of a fictional city is drawn and says so; a real one is never drawn by a program.
    document.seal = is_fictional(city).then(|| Seal {
        issuer,
        mark: "示例 SAMPLE".to_owned(),
    });
    document.footer = format!("{number}  {}", item.name.zh);
    document
}

fn is_fictional(city: &City) -> bool {
    !city.notice.is_empty()
}

/// Who issued it, and for a fictional city that it is worth nothing.
fn statements(city: &City) -> Vec<String> {
    let issued = format!("本件由{}政务服务系统出具。", city.name.zh);
    let fictional =
        is_fictional(city).then(|| format!("仅供演示，不具有法律效力。{}", city.notice));
    std::iter::once(issued).chain(fictional).collect()
}

fn holder(file: &CaseFile) -> Section {
    let person = file
        .record
        .application
        .as_ref()
        .and_then(|application| application.person.as_ref());
    Section {
        heading: "申请人".to_owned(),
        rows: person.map_or_else(Vec::new, |person| {
            vec![
                Row::new("姓名", Some(person.name.reveal())),
                Row::new("证件号码", Some(masked(person.number.reveal()))),
            ]
        }),
        table: None,
    }
}

fn matter(file: &CaseFile, item: &Item, decision: &DecisionRecord) -> Section {
    let day = |at: Timestamp| {
        let day = civil(at).date();
        format!("{}年{}月{}日", day.year(), day.month(), day.day())
    };
    let mut rows = vec![
        Row::new("事项名称", Some(item.name.zh.clone())),
        Row::new("办件编号", file.case_number.clone()),
        Row::new("办理结果", Some("准予")),
        Row::new("申请日期", Some(day(file.received))),
        Row::new("决定日期", Some(day(decision.at))),
    ];
    if let Some(validity) = &item.result.validity {
        rows.push(Row::new("有效期", Some(validity.clone())));
    }
    Section {
        heading: "办理信息".to_owned(),
        rows,
        table: None,
    }
}

/// First and last four characters: the holder recognises it, a finder learns little.
fn masked(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let hidden = characters.len().saturating_sub(8);
    characters
        .iter()
        .enumerate()
        .map(|(at, c)| if at >= 4 && at < 4 + hidden { '*' } else { *c })
        .collect()
}

fn date(at: Timestamp) -> DocumentDate {
    let at = civil(at);
    let small = |value: i8| u8::try_from(value).unwrap_or_default();
    DocumentDate {
        year: u16::try_from(at.year()).unwrap_or_default(),
        month: small(at.month()),
        day: small(at.day()),
        hour: small(at.hour()),
        minute: small(at.minute()),
        utc_offset_hours: 8,
    }
}

#[cfg(all(test, feature = "sample-city"))]
mod tests {
    use super::statements;
    use crate::sample_city::FILES;
    use city_catalogue::Catalogue;

    #[test]
    fn the_paper_of_a_real_city_does_not_say_it_is_worth_nothing() {
        let (name, json) = FILES[0];
        let catalogue = Catalogue::parse(name, json.as_bytes()).unwrap();
        let mut city = catalogue.city().clone();
        let sample = statements(&city).concat();
        assert!(sample.contains("云汀市（虚构）") && sample.contains("不具有法律效力"));
        assert!(sample.contains(&city.notice));
        city.name.zh = "某市".to_owned();
        city.notice.clear();
        assert_eq!(statements(&city), ["本件由某市政务服务系统出具。"]);
    }
}
