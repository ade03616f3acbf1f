//! Keeping the code library right and fresh (R7, R14, R15, R21, R22, R52).

use serde::{Deserialize, Serialize};

/// Names of items that make them approvals in disguise (隐性审批).
const APPROVAL_WORDS: [&str; 9] = [
    "登记",
    "年检",
    "年审",
    "监制",
    "备案",
    "认定",
    "审定",
    "准销证",
    "准运证",
];

/// Wording that leaves the decision to whoever reads it (自由裁量).
const FREE_WORDING: [&str; 13] = [
    "视情况",
    "视情",
    "原则上",
    "酌情",
    "必要时",
    "根据需要",
    "根据情况",
    "一般情况下",
    "适当",
    "合理范围",
    "其他需要",
    "有关规定",
    "相关要求",
];

/// Settings of the code library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LibraryPolicy {
    /// Days after which an item that nobody confirmed is listed as stale.
    pub stale_days: u16,
    /// Words in a Chinese name that give an item approval character: it needs a second reviewer.
    pub approval_words: Vec<String>,
    /// Wording in conditions and standards that is flagged.
    pub free_wording: Vec<String>,
    /// How many items the lists of the longest show.
    pub longest: u16,
    /// Whether a version that is dropped into the folder needs a recorded review like one that is drafted here.
    pub files_need_review: bool,
    /// Titles of legal bases that the city has to carry out, for the coverage report.
    pub bases: Vec<String>,
}

impl Default for LibraryPolicy {
    fn default() -> Self {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Self {
            stale_days: 180,
            approval_words: owned(&APPROVAL_WORDS),
            free_wording: owned(&FREE_WORDING),
            longest: 10,
            files_need_review: false,
            bases: Vec::new(),
        }
    }
}
