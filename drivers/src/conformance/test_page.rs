//! What the printers are given to print: a slip and a page that say nothing about anybody.

use crate::receipt_printer::{Bitmap, BitmapError};

/// Rows of a millimetre.
const MILLIMETRE: usize = 8;

/// A frame with a ruler: a short mark every millimetre, a long one every ten, over the whole
/// width of the head. Paper that slips or a line that is missing shows at once.
pub(crate) fn ruler(head_bytes: u8, millimetres: usize) -> Result<Bitmap, BitmapError> {
    let stride = usize::from(head_bytes);
    let rows = millimetres * MILLIMETRE;
    let mut data = Vec::with_capacity(stride * rows);
    for row in 0..rows {
        let full = row < 2 || row + 2 >= rows;
        let marked = match (row / MILLIMETRE, row % MILLIMETRE) {
            (ten, 0) if ten % 10 == 0 => stride / 2,
            (five, 0) if five % 5 == 0 => stride / 4,
            (_, 0) => stride / 12,
            _ => 0,
        };
        for byte in 0..stride {
            let border = byte == 0 || byte + 1 == stride;
            data.push(match (full || byte < marked, border) {
                (true, _) => 0xFF,
                (false, true) => {
                    if byte == 0 {
                        0xC0
                    } else {
                        0x03
                    }
                }
                (false, false) => 0,
            });
        }
    }
    Bitmap::new(u16::from(head_bytes) * 8, data)
}

/// One A4 page with one line of text, as PDF 1.4.
pub(crate) fn pdf() -> Vec<u8> {
    let content = "BT /F1 24 Tf 72 720 Td (Kiosk test page) Tj ET";
    let stream = format!(
        "<< /Length {} >>\nstream\n{content}\nendstream",
        content.len()
    );
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        &stream,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(pdf.len());
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = pdf.len();
    pdf.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        places.len() + 1
    ));
    for place in &places {
        pdf.push_str(&format!("{place:010} 00000 n \n"));
    }
    pdf.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        places.len() + 1
    ));
    pdf.into_bytes()
}
