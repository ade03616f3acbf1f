//! The closed lists of the catalogue. Each value is written as in the exchange tables.

use serde::{Deserialize, Serialize};

/// Kind of administrative act (事项类型), digits 3 and 4 of the basic code.
///
/// Types that nobody applies for (penalties, inspections …) read as [`ItemType::Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ItemType {
    /// 行政许可
    #[serde(rename = "01")]
    Licence,
    /// 行政给付
    #[serde(rename = "05")]
    Benefit,
    /// 行政确认
    #[serde(rename = "07")]
    Confirmation,
    /// 行政奖励
    #[serde(rename = "08")]
    Award,
    /// 行政裁决
    #[serde(rename = "09")]
    Adjudication,
    /// 其他行政权力
    #[serde(rename = "10")]
    OtherPower,
    /// 公共服务
    #[serde(rename = "20")]
    PublicService,
    /// A type that is not applied for or not known; the loader refuses it (`E_TYPE_UNKNOWN`).
    #[serde(other, rename = "??")]
    Unknown,
}

impl ItemType {
    /// The two digits of the basic code; `??` for [`ItemType::Unknown`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Licence => "01",
            Self::Benefit => "05",
            Self::Confirmation => "07",
            Self::Award => "08",
            Self::Adjudication => "09",
            Self::OtherPower => "10",
            Self::PublicService => "20",
            Self::Unknown => "??",
        }
    }
}

closed_list! {
    /// The two domains of public service (两大领域).
    Domain {
        /// Starting a business and innovating.
        Enterprise = "创业创新",
        /// Daily life and work.
        DailyLife = "日常生产生活",
    }
}

closed_list! {
    /// Level of the implementing body (行使层级), character 19 of the implementation code.
    Level {
        /// 国家级
        Nation = "1",
        /// 省级
        Province = "2",
        /// 地市级
        City = "3",
        /// 县级
        County = "4",
        /// 乡镇（街道）
        Township = "5",
        /// 村（社区）
        Community = "6",
    }
}

closed_list! {
    /// Who may apply (服务对象).
    Audience {
        /// 自然人
        Person = "1",
        /// 企业法人
        Company = "2",
        /// 事业法人
        Institution = "3",
        /// 社会组织法人
        SocialOrganisation = "4",
        /// 非法人企业
        UnincorporatedBusiness = "5",
        /// 行政机关
        Authority = "6",
        /// 其他组织
        Other = "9",
    }
}

closed_list! {
    /// Legal standing of the implementing body (主体性质).
    BodyNature {
        /// 法定机关
        Statutory = "1",
        /// 授权组织
        Authorised = "2",
        /// 受委托组织
        Delegated = "3",
    }
}

closed_list! {
    /// What kind of body is registered.
    BodyKind {
        /// A government department.
        Government = "government",
        /// A public institution.
        Institution = "institution",
        /// A people's organisation.
        PeopleOrganisation = "peopleOrg",
        /// An enterprise, for example the waterworks.
        Enterprise = "enterprise",
        /// An intermediary, for example a notary office.
        Intermediary = "intermediary",
    }
}

closed_list! {
    /// Rank of a legal basis.
    LegalRank {
        /// 法律
        Law = "law",
        /// 行政法规
        Regulation = "reg",
        /// 地方性法规
        LocalRegulation = "localReg",
        /// 国务院决定
        StateCouncilDecision = "scd",
        /// 部门规章
        Rule = "rule",
        /// 规范性文件
        NormativeDocument = "norm",
    }
}

impl LegalRank {
    /// Whether a certificate may be asked for on this rank alone (优化营商环境条例 Art. 44).
    #[must_use]
    pub const fn carries_certificate(self) -> bool {
        match self {
            Self::Law | Self::Regulation | Self::LocalRegulation | Self::StateCouncilDecision => {
                true
            }
            Self::Rule | Self::NormativeDocument => false,
        }
    }
}

closed_list! {
    /// Kind of a material.
    MaterialKind {
        /// An application form.
        Form = "表单",
        /// A licence or identity document.
        Licence = "证照",
        /// A certificate issued for one purpose; needs a strong legal basis.
        Certificate = "证明",
        /// A picture: portrait, fingerprint.
        Picture = "影像",
        /// Anything else that is named exactly.
        Other = "其他",
    }
}

closed_list! {
    /// How a material reaches the city.
    Supply {
        /// The applicant brings it and it is scanned.
        Submit = "submit",
        /// The identity document on the reader.
        IdRead = "idread",
        /// Another department has it; never asked for.
        Shared = "shared",
        /// A signed commitment in its place.
        Commitment = "commitment",
        /// Made from the answers and signed at the kiosk.
        Generated = "generated",
    }
}

closed_list! {
    /// Form of a material (材料形式).
    Format {
        /// 纸质
        Paper = "1",
        /// 电子
        Electronic = "2",
        /// 纸质/电子
        Either = "3",
    }
}

closed_list! {
    /// Original or copy (材料类型).
    MaterialType {
        /// 原件
        Original = "1",
        /// 复印件
        Copy = "2",
        /// 原件和复印件
        Both = "3",
    }
}

closed_list! {
    /// Where a material comes from (来源渠道).
    SourceChannel {
        /// 申请人自备
        Applicant = "10",
        /// 政府部门核发
        Government = "20",
        /// 其他
        Other = "99",
    }
}

closed_list! {
    /// Whether a material is needed (材料必要性).
    Necessity {
        /// 必要
        Required = "1",
        /// 非必要
        Optional = "2",
        /// 容缺后补
        MayFollow = "3",
    }
}

closed_list! {
    /// How far an electronic document can be trusted.
    TrustLevel {
        /// Made by the issuing body.
        A = "A",
        /// Checked against the original by a window.
        B = "B",
        /// Uploaded by the applicant, not checked yet.
        C = "C",
        /// Made by the applicant under a commitment.
        D = "D",
    }
}

closed_list! {
    /// Who acts in a step.
    StepRole {
        /// The applicant, for example identifying at the kiosk.
        Applicant = "applicant",
        /// A window accepts or hands out.
        Window = "window",
        /// An officer examines.
        Officer = "officer",
        /// An approver decides.
        Approver = "approver",
        /// A department's data service decides, without a person.
        System = "system",
    }
}

closed_list! {
    /// Unit of a time limit; units are never converted into each other.
    LimitUnit {
        /// 工作日
        Workday = "workday",
        /// 自然日
        Day = "day",
        /// 小时
        Hour = "hour",
    }
}

closed_list! {
    /// Kind of case (办件类型).
    CaseType {
        /// 即办件, decided while the applicant waits.
        Instant = "1",
        /// 承诺件, decided within the promised limit.
        Promised = "2",
    }
}

closed_list! {
    /// Way of applying (办理形式).
    Channel {
        /// At a window.
        Window = "window",
        /// On the web.
        Online = "online",
        /// At a kiosk.
        Kiosk = "kiosk",
        /// By post.
        Mail = "mail",
    }
}

closed_list! {
    /// How far from home an item can be applied for (通办范围).
    Scope {
        /// 属地办理
        OwnArea = "0",
        /// 全国通办
        Nation = "1",
        /// 跨省通办
        Provinces = "2",
        /// 全省通办
        Province = "3",
        /// 全市通办
        City = "4",
        /// 全县（区）通办
        County = "5",
        /// 全乡（镇）通办
        Township = "6",
    }
}

closed_list! {
    /// What a kiosk can do for an item.
    KioskMode {
        /// The whole way without staff.
        Full = "full",
        /// Files, then people go on.
        Apply = "apply",
        /// Asks and answers.
        Query = "query",
        /// Prints a result.
        Print = "print",
        /// Shows the guide only.
        None = "none",
    }
}

closed_list! {
    /// How sure the kiosk must be who stands before it; ordered from open to strict.
    Identity {
        /// Nobody is identified.
        None = "none",
        /// The identity document on the reader.
        IdCard = "idcard",
        /// The document and a yes/no of an identity provider, or the lawful other way.
        IdCardFace = "idcard+face",
    }
}

closed_list! {
    /// Kind of result.
    ResultKind {
        /// 证照
        Licence = "证照",
        /// 批文
        Approval = "批文",
        /// 证明
        Certificate = "证明",
        /// 其他
        Other = "其他",
    }
}

closed_list! {
    /// Life of an item version.
    Status {
        /// Being written.
        Draft = "draft",
        /// Reviewed, not yet in force.
        Reviewed = "reviewed",
        /// In force: can be applied for.
        InForce = "in_force",
        /// Replaced by a newer version.
        Changed = "changed",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}

impl Status {
    /// Whether a version with this status is or was in force: cases can stand on it.
    #[must_use]
    pub const fn was_in_force(self) -> bool {
        match self {
            Self::InForce | Self::Changed | Self::Cancelled => true,
            Self::Draft | Self::Reviewed => false,
        }
    }
}

closed_list! {
    /// Kind of station.
    StationKind {
        /// The city's hall.
        Hall = "hall",
        /// A neighbourhood station.
        Station = "station",
        /// Kiosks only.
        SelfService = "selfService",
    }
}

closed_list! {
    /// Sex as on the sample persons.
    Sex {
        /// Male.
        Male = "M",
        /// Female.
        Female = "F",
    }
}

closed_list! {
    /// Type of a form field.
    FieldType {
        /// One line of text.
        Text = "text",
        /// Several lines of text.
        TextArea = "textarea",
        /// Citizen identity number.
        IdNumber = "idNumber",
        /// Unified social credit code.
        Uscc = "uscc",
        /// Mobile number.
        Mobile = "mobile",
        /// A day.
        Date = "date",
        /// A month.
        Month = "month",
        /// One of a list.
        Select = "select",
        /// Several of a list.
        MultiSelect = "multiselect",
        /// A number.
        Number = "number",
        /// An amount in yuan (or the unit of its label), two decimals at most.
        Money = "money",
        /// A division and the rest of the address.
        Address = "address",
        /// A division.
        Region = "region",
        /// Bank card number.
        BankCard = "bankCard",
        /// Yes or no.
        Boolean = "boolean",
        /// Scanned or photographed pages.
        File = "file",
        /// The applicant's signature.
        Signature = "signature",
        /// Rows of columns.
        Table = "table",
    }
}

closed_list! {
    /// Check digit rule of a field.
    Checksum {
        /// Citizen identity number.
        CitizenNumber = "GB 11643",
        /// Unified social credit code.
        CreditCode = "GB 32100",
        /// Bank cards.
        Luhn = "Luhn",
    }
}

closed_list! {
    /// Which sides of a paper are scanned.
    Sides {
        /// The front.
        One = "one",
        /// Front and back.
        Both = "both",
    }
}

closed_list! {
    /// Colour of a scan.
    Colour {
        /// Full colour.
        Colour = "colour",
        /// Grey.
        Grey = "grey",
        /// Black and white.
        Bitonal = "bitonal",
    }
}
