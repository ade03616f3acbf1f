//! How long a slip takes from its lines to its dots, on 80 mm and 58 mm paper.
//!
//! The wish is under 10 ms for 80 mm paper. Beside it stands what the slip takes on the fastest
//! kiosk printer (250 mm/s, 8 rows a millimetre): laying out must be small against printing.
//! Median and spread are told; nothing fails on time.

use std::time::Instant;

use kiosk_paper::{FontSet, PaperWidth, Slip, SlipLine};

static REGULAR: &[u8] = include_bytes!("../../../ui/fonts/KioskSans-Regular.otf");
static BOLD: &[u8] = include_bytes!("../../../ui/fonts/KioskSans-Bold.otf");

const ROUNDS: usize = 31;
const WISH_MS: f64 = 10.0;
const ROWS_PER_MS: f64 = 250.0 * 8.0 / 1000.0;

fn row(label: &str, value: &str) -> SlipLine {
    SlipLine::Row {
        label: label.to_owned(),
        value: Some(value.to_owned()),
    }
}

/// The receipt of one matter as a resident takes it home.
fn receipt() -> Slip {
    Slip::new(vec![
        SlipLine::Heading("云汀市政务服务".to_owned()),
        SlipLine::Caption("自助办理回执".to_owned()),
        SlipLine::Rule,
        row("姓名", "陈**"),
        row("证件号码", "5*************1234"),
        row("时间", "2026年3月4日 15:26"),
        row("地点", "海桐街道便民服务中心"),
        SlipLine::Divider,
        SlipLine::Paragraph("失业登记".to_owned()),
        SlipLine::Notice("市级平台已接收".to_owned()),
        SlipLine::Number {
            label: "回执号".to_owned(),
            number: Some("ABC2-3456-789K".to_owned()),
        },
        SlipLine::Qr("ABC2-3456-789K".to_owned()),
        row("申报号", "SB-590102-20260304-0017"),
        row("答复期限", "2026年3月18日"),
        SlipLine::Rule,
        SlipLine::Note("凭证件在任一自助机“我的办件”查进度".to_owned()),
        SlipLine::Note("咨询 000-5550-0031".to_owned()),
    ])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fonts = FontSet::new(&[REGULAR.into(), BOLD.into()], &[])?;
    for paper in [PaperWidth::Mm80, PaperWidth::Mm58] {
        let mut rows = 0;
        let mut taken = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let picture = receipt().draw(&fonts, paper)?;
            taken.push(begun.elapsed().as_secs_f64() * 1000.0);
            rows = picture.bitmap.rows();
        }
        taken.sort_by(f64::total_cmp);
        let at = |index: usize| taken.get(index).copied().unwrap_or(f64::NAN);
        let (least, median, most) = (at(0), at(ROUNDS / 2), at(ROUNDS - 1));
        let printing = f64::from(rows) / ROWS_PER_MS;
        println!(
            "{paper:?}: {rows} rows in {median:.2} ms ({least:.2} to {most:.2}, {ROUNDS} rounds, \
             wish {WISH_MS} ms); over the time to print them: {:.4} ({:.4} to {:.4})",
            median / printing,
            least / printing,
            most / printing,
        );
    }
    Ok(())
}
