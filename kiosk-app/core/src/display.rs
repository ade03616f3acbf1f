//! How the screen is shown to the person in front. Every choice is there on every page, loses nothing, and is forgotten
//! with the person.

/// How large words are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextSize {
    /// As the pages are drawn.
    #[default]
    Normal,
    /// A quarter larger.
    Large,
    /// Half as large again.
    Larger,
    /// Twice as large.
    Largest,
}

impl TextSize {
    /// All, the smallest first.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Large, Self::Larger, Self::Largest];

    /// Percent of the normal size.
    #[must_use]
    pub const fn percent(self) -> u8 {
        match self {
            Self::Normal => 100,
            Self::Large => 125,
            Self::Larger => 150,
            Self::Largest => 200,
        }
    }
}

/// The colours of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Contrast {
    /// The city's colours on light grey.
    #[default]
    Standard,
    /// The same on warm paper, for eyes that light hurts.
    Soft,
    /// Black on white.
    BlackOnWhite,
    /// Yellow on black.
    YellowOnBlack,
}

impl Contrast {
    /// All, in the order they are offered.
    pub const ALL: [Self; 4] = [
        Self::Standard,
        Self::Soft,
        Self::BlackOnWhite,
        Self::YellowOnBlack,
    ];
}

/// How the screen is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Display {
    /// Size of words.
    pub text: TextSize,
    /// Colours.
    pub contrast: Contrast,
    /// Reach mode (低位模式): everything in the lower part of a tall screen, for who sits or is small.
    pub reach: bool,
    /// Elder mode (长者模式): larger words, fewer choices, twice the time.
    pub elder: bool,
    /// Every page is read aloud and led by the keypad; twice the time.
    pub aloud: bool,
    /// Nothing is to be seen of the page; only while it is read aloud.
    pub dark: bool,
}

impl Display {
    /// The size of words shown: in elder mode never the normal one.
    #[must_use]
    pub fn shown_text(self) -> TextSize {
        if self.elder {
            self.text.max(TextSize::Large)
        } else {
            self.text
        }
    }

    /// How much longer than others this person may take.
    #[must_use]
    pub(crate) fn patience(self) -> u32 {
        if self.elder || self.aloud { 2 } else { 1 }
    }

    /// How much longer stands what ends by itself: it is listened to, not glanced at.
    #[must_use]
    pub(crate) fn ears(self) -> u32 {
        if self.aloud { 2 } else { 1 }
    }

    /// What a touch in the display's sheet makes of it; `None` for every other touch.
    pub(crate) fn chosen(self, touch: &crate::Touch) -> Option<Self> {
        use crate::Touch;
        match touch {
            Touch::TextSize(text) => Some(Self {
                text: *text,
                ..self
            }),
            Touch::Contrast(contrast) => Some(Self {
                contrast: *contrast,
                ..self
            }),
            Touch::Reach => Some(Self {
                reach: !self.reach,
                ..self
            }),
            Touch::Elder => Some(Self {
                elder: !self.elder,
                ..self
            }),
            _ => None,
        }
    }
}
