//! The code tables a card refers to: sex (GB/T 2261.1) and ethnicity (GB/T 3304).

/// The Chinese name of an ethnicity code such as `01`; `None` for codes outside the table,
/// which occur and are shown as they are.
#[must_use]
pub fn ethnicity_name(code: &str) -> Option<&'static str> {
    match code {
        "97" => Some("其他"),
        "98" => Some("外国血统中国籍人士"),
        _ => {
            let index = code
                .parse::<usize>()
                .ok()
                .filter(|_| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit()))?
                .checked_sub(1)?;
            ETHNICITIES.get(index).copied()
        }
    }
}

/// The Chinese name of a sex code; `None` for codes outside the table.
#[must_use]
pub fn sex_name(code: &str) -> Option<&'static str> {
    match code {
        "0" => Some("未知"),
        "1" => Some("男"),
        "2" => Some("女"),
        "9" => Some("未说明"),
        _ => None,
    }
}

/// Codes 01 to 56 in order.
const ETHNICITIES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_where_the_standard_puts_them() {
        for (code, name) in [
            ("01", "汉"),
            ("13", "瑶"),
            ("29", "柯尔克孜"),
            ("56", "基诺"),
            ("97", "其他"),
        ] {
            assert_eq!(ethnicity_name(code), Some(name));
        }
        for code in ["", "00", "57", "96", "1", "+1", "99"] {
            assert_eq!(ethnicity_name(code), None, "{code}");
        }
        assert_eq!(sex_name("2"), Some("女"));
        assert_eq!(sex_name("3"), None);
    }
}
