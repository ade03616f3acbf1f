//! Frames and cards compared byte for byte with published values.

use std::time::Duration;

use super::super::protocol::frame::{AnswerParser, checksum};
use super::super::protocol::read::ReadData;
use super::super::protocol::text;
use super::super::sim::{CardContent, SimReader};
use super::super::{Card, Document, Validity};
use super::zhang_san;
use crate::transport::simulated::SimulatedDevice;

/// The text block of the sheet, field by field.
const TEXT: &str = "
205F094E2000200020002000200020002000200020002000200020002000
3100
30003100
31003900340039003100320033003100
1753AC4E025E1C4ECE573A534B6DD58BEF8D3100F753200020002000200020002000200020002000200020002000200020002000200020002000200020002000200020002000
310031003000310030003500310039003400390031003200330031003000300032005800
1753AC4E025E6C51895B405C1C4ECE570652405C20002000200020002000
32003000320030003000310030003100
7F951F67200020002000200020002000
200020002000200020002000200020002000200020002000200020002000200020002000";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| u8::try_from(digit).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// What a fresh reader with `card` on it answers to the last of `requests`.
fn answer(card: CardContent, requests: &[&str]) -> Vec<u8> {
    let mut reader = SimReader::default();
    reader.put(card);
    let mut answer = Vec::new();
    for request in requests {
        reader.receive(Duration::ZERO, &bytes(request));
        answer = reader.poll(Duration::ZERO);
    }
    answer
}

const FIND: &str = "AA AA AA 96 69 00 03 20 01 22";
const SELECT: &str = "AA AA AA 96 69 00 03 20 02 21";
const READ: &str = "AA AA AA 96 69 00 03 30 01 32";
const READ_ALL: &str = "AA AA AA 96 69 00 03 30 10 23";
const ADDRESS: &str = "AA AA AA 96 69 00 03 30 03 30";

fn read(card: CardContent) -> Vec<u8> {
    answer(card, &[FIND, SELECT, READ])
}

fn parsed(frame: &[u8]) -> Card {
    let mut parser = AnswerParser::default();
    parser.push(frame);
    let answer = parser.next_answer().unwrap();
    text::parse(&ReadData::parse(answer.data(), false).unwrap().text)
}

pub(in super::super) fn specimen_2023() -> CardContent {
    let mut card = CardContent::blank(Document::Foreigner2023);
    card.name = "证件样本".to_owned();
    card.sex_code = "2".to_owned();
    card.times_renewed = "00".to_owned();
    card.birth_date = "1980-01-01".to_owned();
    card.english_name = "ZHENGJIAN, YANGBEN".to_owned();
    card.number = "931586198001010028".to_owned();
    card.valid_from = "2023-08-08".to_owned();
    card.valid_to = "2033-08-07".to_owned();
    card.nationality = "PAK".to_owned();
    card
}

pub(in super::super) fn specimen_2017() -> CardContent {
    let mut card = CardContent::blank(Document::Foreigner2017);
    card.english_name = "ZHENGJIAN, YANGBEN".to_owned();
    card.sex_code = "2".to_owned();
    card.number = "CAN110081080310".to_owned();
    card.nationality = "CAN".to_owned();
    card.name = "证件样本".to_owned();
    card.valid_from = "2015-10-25".to_owned();
    card.valid_to = "2025-10-24".to_owned();
    card.birth_date = "1981-08-03".to_owned();
    card.version = "01".to_owned();
    card.authority_code = "1500".to_owned();
    card
}

pub(in super::super) fn specimen_permit() -> CardContent {
    let mut card = CardContent::blank(Document::Hmt);
    card.name = "样本".to_owned();
    card.sex_code = "1".to_owned();
    card.birth_date = "1990-01-01".to_owned();
    card.address = "广东省深圳市罗湖区测试路3号".to_owned();
    card.number = "810000199001010019".to_owned();
    card.issuer = "深圳市公安局".to_owned();
    card.valid_from = "2019-01-01".to_owned();
    card.valid_to = "2024-01-01".to_owned();
    card.permit_number = "H01234567".to_owned();
    card.times_issued = "01".to_owned();
    card
}

#[test]
fn the_resident_card_is_the_published_frame() {
    let frame = read(zhang_san());
    assert_eq!(frame.len(), 1295);
    assert_eq!(
        frame[..14],
        bytes("AA AA AA 96 69 05 08 00 00 90 01 00 04 00")
    );
    assert_eq!(frame[14..270], bytes(TEXT));
    assert_eq!(frame[1294], 0x31);
}

#[test]
fn a_read_with_fingerprint_is_the_published_frame() {
    let without = answer(zhang_san(), &[FIND, SELECT, READ_ALL]);
    assert_eq!(without.len(), 1297);
    assert_eq!(
        without[..16],
        bytes("AA AA AA 96 69 05 0A 00 00 90 01 00 04 00 00 00")
    );
    assert_eq!(without[1296], 0x33);

    let mut card = zhang_san();
    card.fingerprint = true;
    let with = answer(card, &[FIND, SELECT, READ_ALL]);
    assert_eq!(with.len(), 2321);
    assert_eq!(
        with[..16],
        bytes("AA AA AA 96 69 09 0A 00 00 90 01 00 04 00 04 00")
    );
    assert_eq!(with[2320], 0x3B);
    for frame in [without, with] {
        let mut parser = AnswerParser::default();
        parser.push(&frame);
        let read = ReadData::parse(parser.next_answer().unwrap().data(), true).unwrap();
        assert_eq!((read.text.len(), read.photo.len()), (256, 1024));
    }
}

#[test]
fn the_other_documents_have_the_published_checksums() {
    for (card, sum) in [
        (specimen_2023(), 0x6D),
        (specimen_2017(), 0x0D),
        (specimen_permit(), 0x93),
    ] {
        let frame = read(card);
        assert_eq!((frame.len(), frame[1294]), (1295, sum));
        assert_eq!(checksum(&frame[5..]), 0);
    }
}

#[test]
fn the_newest_address_is_the_published_frame() {
    let mut card = zhang_san();
    card.new_address = "上海市黄浦区样例路2号".to_owned();
    let frame = answer(card, &[FIND, SELECT, READ, ADDRESS]);
    assert_eq!(frame.len(), 81);
    assert_eq!(
        frame[..16],
        bytes("AA AA AA 96 69 00 4A 00 00 90 0A 4E 77 6D 02 5E")
    );
    assert_eq!(frame[80], 0x8F);
}

#[test]
fn a_resident_card_reads_back() {
    let card = parsed(&read(zhang_san()));
    assert_eq!(card.document, Document::Resident);
    assert_eq!(card.name, "张三");
    assert_eq!(card.valid_to, Some(Validity::LongTerm));
    // The sheet's own sample is a man whose number is a woman's: flagged, never refused.
    assert!(card.number_valid && !card.number_agrees);
    assert_eq!(
        card.to_json(true),
        serde_json::json!({
            "event": "card", "document": "resident", "name": "张三", "englishName": null,
            "sexCode": "1", "ethnicityCode": "01", "nationality": null,
            "birthDate": "1949-12-31", "address": "北京市东城区测试路1号",
            "number": "11010519491231002X", "numberValid": true,
            "issuer": "北京市公安局东城分局", "validFrom": "2020-01-01",
            "validTo": "long-term", "newAddress": null, "photo": false,
        })
    );
}

#[test]
fn a_foreigners_card_of_2023_reads_back() {
    let mut content = specimen_2023();
    content.english_name = "ABCDEFGHIJ KLMNOPQRSTU VWXYZABCDEF GHIJKLMNOPQ".to_owned();
    content.link = "001".to_owned();
    let card = parsed(&read(content));
    // The cut after 35 characters falls on a space, which is part of the name.
    assert_eq!(
        card.english_name.as_deref(),
        Some("ABCDEFGHIJ KLMNOPQRSTU VWXYZABCDEF GHIJKLMNOPQ")
    );
    assert_eq!(card.document, Document::Foreigner2023);
    assert_eq!(card.nationality.as_deref(), Some("PAK"));
    assert_eq!(card.earlier_number.as_deref(), Some("PAK310080010116"));
    assert_eq!(
        (card.ethnicity_code.as_ref(), card.address.as_ref()),
        (None, None)
    );
    assert!(card.number_valid && card.number_agrees);
}

#[test]
fn a_foreigners_card_of_2017_reads_back() {
    let card = parsed(&read(specimen_2017()));
    assert_eq!(card.document, Document::Foreigner2017);
    assert_eq!(card.name, "证件样本");
    assert_eq!(card.english_name.as_deref(), Some("ZHENGJIAN, YANGBEN"));
    assert_eq!(card.authority_code.as_deref(), Some("1500"));
    assert_eq!(card.issuer, None);
    assert!(card.number_valid && card.number_agrees);
}

#[test]
fn a_permit_reads_back() {
    let card = parsed(&read(specimen_permit()));
    assert_eq!(card.document, Document::Hmt);
    assert_eq!(card.permit_number.as_deref(), Some("H01234567"));
    assert_eq!(card.address.as_deref(), Some("广东省深圳市罗湖区测试路3号"));
    assert_eq!(card.ethnicity_code, None);
    assert!(card.number_valid && card.number_agrees);
}

#[test]
fn a_card_file_is_read_and_a_misspelt_field_refused() {
    let file = r#"{"document": "hmt", "name": "样本", "validTo": "2024-01-01"}"#;
    let card: CardContent = serde_json::from_str(file).unwrap();
    assert!(card.photo);
    assert_eq!(
        parsed(&read(card)).valid_to.as_ref().unwrap().to_string(),
        "2024-01-01"
    );
    let wrong = r#"{"document": "resident", "adress": "x"}"#;
    let error = serde_json::from_str::<CardContent>(wrong)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("unknown field `adress`"), "{error}");
}

#[test]
fn a_number_in_lower_case_is_shown_in_upper_case() {
    let mut content = zhang_san();
    content.number = "11010519491231002x".to_owned();
    let card = parsed(&read(content));
    assert_eq!(card.number, "11010519491231002X");
    assert!(card.number_valid);
}

#[test]
fn permits_of_all_three_places_check() {
    for number in [
        "810000199001010019",
        "820000199001010029",
        "830000199001010039",
    ] {
        let mut content = specimen_permit();
        content.number = number.to_owned();
        assert!(parsed(&read(content)).number_valid, "{number}");
    }
}

#[test]
fn a_long_name_keeps_its_dots_and_an_unknown_ethnicity_its_code() {
    let mut content = zhang_san();
    content.name = "买买提·艾力·样本一二三四五".to_owned();
    content.ethnicity_code = "88".to_owned();
    let card = parsed(&read(content));
    assert_eq!(card.name, "买买提·艾力·样本一二三四五");
    assert_eq!(card.ethnicity_code.as_deref(), Some("88"));
}

#[test]
fn a_type_nobody_knows_is_a_resident_card() {
    let mut block = zhang_san().text_block();
    block[248..250].copy_from_slice(&[b'Q', 0]);
    let card = text::parse(&block);
    assert_eq!(
        (card.document, card.name.as_str()),
        (Document::Resident, "张三")
    );
}

#[test]
fn a_link_of_zeros_or_none_names_no_earlier_card() {
    for link in ["", "000"] {
        let mut content = specimen_2023();
        content.link = link.to_owned();
        assert_eq!(parsed(&read(content)).earlier_number, None, "{link:?}");
    }
}
