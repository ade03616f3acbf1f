//! A page as `scanimage` writes it (PNM), checked to its last row and made a JPEG. Pure.

use std::cmp::Ordering;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use zeroize::Zeroizing;

use crate::scanner::bounds::{MAX_PIXELS, check_size};
use crate::scanner::{Page, ScanFault};

/// Most bytes of a page's file: its pixels in colour and a header.
pub(super) const MAX_BYTES: u64 = 3 * MAX_PIXELS + 1024;
/// Seals and stamps stay as they are; a page is about a megabyte.
const QUALITY: u8 = 92;

/// Where the pixels begin, and how many there should be.
struct Header {
    width: u32,
    height: u32,
    /// 1 grey, 3 colour.
    components: usize,
    data: usize,
}

/// The page in `file`, at `dpi` dots per inch where that is known.
///
/// # Errors
/// `EmptyImage` without a row, `Truncated` with rows missing, `Device` when it is no picture
/// of 8 bits a colour, larger than it says or larger than any page.
pub(super) fn page(file: &[u8], dpi: Option<u32>) -> Result<Page, ScanFault> {
    if file.is_empty() {
        return Err(ScanFault::EmptyImage);
    }
    let header = header(file).ok_or_else(|| device("the page is no picture we read"))?;
    check_size(header.width, header.height)?;
    let (width, height) = (header.width as usize, header.height as usize);
    let row = width * header.components;
    let rows = file.get(header.data..).unwrap_or_default();
    if width == 0 || height == 0 || rows.len() < row {
        return Err(ScanFault::EmptyImage);
    }
    match rows.len().cmp(&(row * height)) {
        Ordering::Less => return Err(ScanFault::Truncated),
        // Its head was damaged on the way: the page would be cut or torn.
        Ordering::Greater => return Err(device("the page is larger than it says")),
        Ordering::Equal => {}
    }
    Ok(Page {
        jpeg: std::mem::take(&mut *encode(rows, &header, dpi)?),
        width_px: header.width,
        height_px: header.height,
        dpi,
        components: if header.components == 3 { 3 } else { 1 },
    })
}

/// How much of a page is there, in percent, of a file of `length` bytes by now that begins with
/// `head`: never all, and 0 while that cannot be told.
pub(super) fn percent_here(head: &[u8], length: u64) -> u8 {
    let Some(header) = header(head) else {
        return 0;
    };
    let pixels = u64::from(header.width) * u64::from(header.height);
    let whole = pixels.saturating_mul(header.components as u64);
    let here = length.saturating_sub(header.data as u64);
    let percent = here.saturating_mul(100).checked_div(whole).unwrap_or(0);
    u8::try_from(percent.min(99)).unwrap_or(99)
}

fn encode(rows: &[u8], header: &Header, dpi: Option<u32>) -> Result<Zeroizing<Vec<u8>>, ScanFault> {
    let mut jpeg = Zeroizing::new(Vec::new());
    let mut encoder = Encoder::new(&mut *jpeg, QUALITY);
    if let Some(dpi) = dpi.and_then(|dpi| u16::try_from(dpi).ok()) {
        encoder.set_density(PixelDensity::dpi(dpi));
    }
    let colour = if header.components == 3 {
        ColorType::Rgb
    } else {
        ColorType::Luma
    };
    let (width, height) = (side(header.width)?, side(header.height)?);
    encoder
        .encode(rows, width, height, colour)
        .map_err(|error| device(format!("the page cannot be encoded: {error}")))?;
    Ok(jpeg)
}

fn side(pixels: u32) -> Result<u16, ScanFault> {
    u16::try_from(pixels).map_err(|_| device("the page is larger than any page"))
}

fn device(words: impl Into<String>) -> ScanFault {
    ScanFault::Device(words.into())
}

/// `P5` or `P6`, width, height, 255, with remarks in between.
fn header(file: &[u8]) -> Option<Header> {
    let components = match file.get(..2)? {
        b"P5" => 1,
        b"P6" => 3,
        _ => return None,
    };
    let mut at = 2;
    let mut next = || {
        loop {
            match file.get(at)? {
                b'#' => at += file.get(at..)?.iter().position(|byte| *byte == b'\n')?,
                byte if byte.is_ascii_whitespace() => at += 1,
                _ => break,
            }
        }
        let digits = file.get(at..)?;
        let count = digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let text = std::str::from_utf8(digits.get(..count)?).ok()?;
        at += count;
        text.parse::<u32>().ok()
    };
    let (width, height, most) = (next()?, next()?, next()?);
    // One white character stands before the pixels.
    (most == 255).then_some(Header {
        width,
        height,
        components,
        data: at + 1,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scanner::jpeg;

    fn file(head: &str, bytes: usize) -> Vec<u8> {
        let mut file = head.as_bytes().to_vec();
        file.extend((0..bytes).map(|at| (at % 251) as u8));
        file
    }

    #[test]
    fn a_page_becomes_a_jpeg_of_its_size() {
        let colour = page(
            &file("P6\n# SANE data follows\n40 30\n255\n", 3600),
            Some(300),
        );
        let colour = colour.unwrap();
        assert_eq!((colour.width_px, colour.height_px), (40, 30));
        let facts = jpeg::examine(&colour.jpeg).unwrap();
        assert_eq!((facts.width, facts.height, facts.components), (40, 30, 3));
        assert_eq!(facts.density, Some(300));
        let grey = page(&file("P5 40 30 255 ", 1200), None).unwrap();
        assert_eq!((grey.components, grey.dpi), (1, None));
    }

    #[test]
    fn a_page_without_its_end_or_without_rows_is_none() {
        let head = "P6\n40 30\n255\n";
        assert_eq!(page(b"", None), Err(ScanFault::EmptyImage));
        assert_eq!(page(&file(head, 0), None), Err(ScanFault::EmptyImage));
        assert_eq!(page(&file(head, 3599), None), Err(ScanFault::Truncated));
        let fault = page(&file(head, 3601), None).unwrap_err();
        assert_eq!(fault.kind(), "device");
        let zero = file("P6\n0 30\n255\n", 10);
        assert_eq!(page(&zero, None), Err(ScanFault::EmptyImage));
    }

    #[test]
    fn a_page_of_another_kind_or_beyond_all_bounds_is_refused_by_its_head() {
        for head in [
            "P4\n40 30\n",
            "P6\n40 30\n65535\n",
            "P6\n# no end",
            "P6\n40 -3\n255\n",
        ] {
            let fault = page(&file(head, 4000), None).unwrap_err();
            assert_eq!(fault.kind(), "device", "{head}");
        }
        for head in [
            "P5\n20001 1\n255\n",
            "P5\n19000 19000\n255\n",
            "P6\n4294967295 4294967295\n255\n",
        ] {
            let fault = page(&file(head, 100), None).unwrap_err();
            assert!(fault.to_string().contains("more than any page"), "{head}");
        }
    }

    #[test]
    fn a_page_on_its_way_tells_how_much_of_it_is_there() {
        let head = b"P6\n# SANE data follows\n40 30\n255\n";
        let begun = head.len() as u64;
        assert_eq!(percent_here(head, begun), 0);
        assert_eq!(percent_here(head, begun + 1800), 50);
        assert_eq!(percent_here(head, begun + 3600), 99);
        assert_eq!(percent_here(head, u64::MAX), 99);
        assert_eq!(percent_here(b"P6\n40 ", 7), 0);
        assert_eq!(percent_here(b"P5 0 0 255 ", 500), 0);
        let huge = b"P6 4294967295 4294967295 255 ";
        assert_eq!(percent_here(huge, 1_000_000), 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_page_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = page(&bytes, None);
            let _ = page(&[b"P6 3 3 255 ", bytes.as_slice()].concat(), Some(200));
        }
    }
}
