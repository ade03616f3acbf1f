//! What a scanner says it can do.

use super::xml::{self, Element, XmlError};

/// A scanner's capabilities, as far as we ask for any; by default it has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Maker and model; `None` when the scanner does not say.
    pub make_and_model: Option<String>,
    /// Maker, where it stands apart; `None` when the scanner does not say.
    pub manufacturer: Option<String>,
    /// The glass; `None` on a feeder-only scanner.
    pub platen: Option<InputCaps>,
    /// The feeder, front sides; `None` without one.
    pub feeder: Option<InputCaps>,
    /// The feeder, both sides; `None` without one.
    pub duplex: Option<InputCaps>,
    /// The lowest compression factor, which gives the best picture; `None` when it has no such setting.
    pub best_compression: Option<u32>,
}

/// What one source can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputCaps {
    /// Widest region in 1/300 inch; `None` when not told.
    pub max_width: Option<u32>,
    /// Longest region in 1/300 inch; `None` when not told.
    pub max_height: Option<u32>,
    /// Combinations of modes, formats and resolutions.
    pub profiles: Vec<Profile>,
    /// Intents it knows.
    pub intents: Vec<String>,
}

/// One combination of modes, formats and resolutions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Colour modes such as `RGB24`.
    pub colour_modes: Vec<String>,
    /// Formats for `pwg:DocumentFormat`.
    pub formats: Vec<String>,
    /// Formats for `scan:DocumentFormatExt`; empty when the element is not known.
    pub formats_ext: Vec<String>,
    /// Resolutions, the same in both directions.
    pub resolutions: Resolutions,
}

/// Resolutions in dots per inch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolutions {
    /// These and no others, ascending.
    Discrete(Vec<u32>),
    /// Everything between, in steps.
    Range {
        /// Lowest.
        min: u32,
        /// Highest.
        max: u32,
        /// Distance of two, at least 1.
        step: u32,
    },
}

impl Resolutions {
    /// The resolution offered that serves `wanted` best: the next one not below, else the
    /// highest; never more than `most`, unless nothing less is offered.
    ///
    /// `None` when nothing is offered.
    pub fn nearest(&self, wanted: u32, most: u32) -> Option<u32> {
        match self {
            Self::Discrete(values) => {
                let usable = || values.iter().filter(|value| **value <= most);
                usable()
                    .find(|value| **value >= wanted)
                    .or(usable().next_back())
                    .or(values.first())
                    .copied()
            }
            Self::Range { min, max, step } => {
                let max = &(*max).min(most).max(*min);
                let steps = wanted.saturating_sub(*min).div_ceil(*step);
                let above = min.saturating_add(steps.saturating_mul(*step));
                Some(if above <= *max {
                    above
                } else {
                    max - (max - min) % step
                })
            }
        }
    }
}

impl Capabilities {
    /// Reads a `ScannerCapabilities` document.
    ///
    /// # Errors
    /// [`XmlError`] when it is malformed, too large or another document.
    ///
    /// Source: the scanner fact sheet, section 2.2.
    pub fn parse(bytes: &[u8]) -> Result<Self, XmlError> {
        let root = xml::read(bytes, "ScannerCapabilities", "the scanner's capabilities")?;
        // A profile may also stand at the root and then serves every source.
        let shared = profiles(&root);
        let caps = |outer: &str, inner: &str| {
            root.child(outer)?
                .child(inner)
                .map(|caps| input_caps(caps, &shared))
        };
        let name = |element: &str| {
            let text = root.text_at(&[element])?;
            Some(text.chars().take(100).collect())
        };
        Ok(Self {
            make_and_model: name("MakeAndModel"),
            manufacturer: name("Manufacturer"),
            platen: caps("Platen", "PlatenInputCaps"),
            feeder: caps("Adf", "AdfSimplexInputCaps"),
            duplex: caps("Adf", "AdfDuplexInputCaps"),
            best_compression: root.number_at(&["CompressionFactorSupport", "Min"]),
        })
    }
}

fn input_caps(caps: &Element, shared: &[Profile]) -> InputCaps {
    let mut own = caps
        .child("SettingProfiles")
        .map(profiles)
        .unwrap_or_default();
    if own.is_empty() {
        own = shared.to_vec();
    }
    let mut intents = caps.texts_at(&["SupportedIntents"], "SupportedIntent");
    intents.extend(caps.texts_at(&["SupportedIntents"], "Intent"));
    InputCaps {
        max_width: caps.number_at(&["MaxWidth"]).filter(|width| *width > 0),
        max_height: caps.number_at(&["MaxHeight"]).filter(|height| *height > 0),
        profiles: own,
        intents,
    }
}

fn profiles(parent: &Element) -> Vec<Profile> {
    let direct = parent.children("SettingProfile");
    let nested = parent
        .children("SettingProfiles")
        .flat_map(|list| list.children("SettingProfile"));
    direct.chain(nested).map(profile).collect()
}

fn profile(element: &Element) -> Profile {
    Profile {
        colour_modes: element.texts_at(&["ColorModes"], "ColorMode"),
        formats: element.texts_at(&["DocumentFormats"], "DocumentFormat"),
        formats_ext: element.texts_at(&["DocumentFormats"], "DocumentFormatExt"),
        resolutions: resolutions(element),
    }
}

fn resolutions(profile: &Element) -> Resolutions {
    let supported = profile.child("SupportedResolutions");
    let discrete = supported.and_then(|s| s.child("DiscreteResolutions"));
    let mut values: Vec<u32> = discrete
        .into_iter()
        .flat_map(|list| list.children("DiscreteResolution"))
        // Unequal pairs would give distorted pages.
        .filter(|pair| pair.number_at(&["XResolution"]) == pair.number_at(&["YResolution"]))
        .filter_map(|pair| pair.number_at(&["XResolution"]))
        .filter(|value| *value > 0)
        .collect();
    values.sort_unstable();
    values.dedup();
    let range = supported.and_then(|s| s.child("ResolutionRange"));
    match range.and_then(range_of).filter(|_| values.is_empty()) {
        Some(range) => range,
        None => Resolutions::Discrete(values),
    }
}

fn range_of(range: &Element) -> Option<Resolutions> {
    let axis = range
        .child("XResolutionRange")
        .or(range.child("XResolution"))
        .unwrap_or(range);
    let (min, max) = (axis.number_at(&["Min"])?, axis.number_at(&["Max"])?);
    let step = axis.number_at(&["Step"]).unwrap_or(1).max(1);
    (min > 0 && min <= max).then_some(Resolutions::Range { min, max, step })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<s:ScannerCapabilities xmlns:s='http://schemas.hp.com/imaging/escl/2011/05/03' \
                        xmlns:p='http://www.pwg.org/schemas/2010/12/sm'>";

    fn parse(body: &str) -> Capabilities {
        Capabilities::parse(format!("{HEAD}{body}</s:ScannerCapabilities>").as_bytes()).unwrap()
    }

    fn with_resolutions(inner: &str) -> Resolutions {
        let caps = parse(&format!(
            "<s:Platen><s:PlatenInputCaps><s:SettingProfiles><s:SettingProfile><s:SupportedResolutions>{inner}\
             </s:SupportedResolutions></s:SettingProfile></s:SettingProfiles></s:PlatenInputCaps></s:Platen>"
        ));
        caps.platen.unwrap().profiles[0].resolutions.clone()
    }

    #[test]
    fn a_feeder_only_scanner_has_no_glass() {
        let caps = parse(
            "<s:Adf><s:AdfSimplexInputCaps><s:MaxWidth>2550</s:MaxWidth></s:AdfSimplexInputCaps></s:Adf>",
        );
        assert_eq!((caps.platen, caps.duplex), (None, None));
        assert_eq!(caps.feeder.unwrap().max_width, Some(2550));
        assert_eq!(caps.make_and_model, None);
    }

    #[test]
    fn a_profile_at_the_root_serves_a_source_without_one() {
        let caps = parse(
            "<s:SettingProfile><s:ColorModes><s:ColorMode>RGB24</s:ColorMode></s:ColorModes></s:SettingProfile>\
             <s:Platen><s:PlatenInputCaps/></s:Platen>",
        );
        assert_eq!(caps.platen.unwrap().profiles[0].colour_modes, ["RGB24"]);
    }

    #[test]
    fn unequal_resolution_pairs_are_dropped() {
        let pair = |x: u32, y: u32| {
            format!(
                "<s:DiscreteResolution><s:XResolution>{x}</s:XResolution><s:YResolution>{y}</s:YResolution>\
                 </s:DiscreteResolution>"
            )
        };
        let list = format!(
            "<s:DiscreteResolutions>{}{}{}</s:DiscreteResolutions>",
            pair(600, 600),
            pair(300, 600),
            pair(75, 75)
        );
        assert_eq!(
            with_resolutions(&list),
            Resolutions::Discrete(vec![75, 600])
        );
    }

    #[test]
    fn a_range_of_resolutions_is_read_and_rounded_up() {
        let axis = |name: &str| {
            format!(
                "<s:{name}><s:Min>75</s:Min><s:Max>1200</s:Max><s:Normal>300</s:Normal><s:Step>25</s:Step></s:{name}>"
            )
        };
        let range = format!(
            "<s:ResolutionRange>{}{}</s:ResolutionRange>",
            axis("XResolutionRange"),
            axis("YResolutionRange")
        );
        let range = with_resolutions(&range);
        assert_eq!(
            range,
            Resolutions::Range {
                min: 75,
                max: 1200,
                step: 25
            }
        );
        assert_eq!(range.nearest(300, u32::MAX), Some(300));
        assert_eq!(range.nearest(301, u32::MAX), Some(325));
        assert_eq!(range.nearest(10, u32::MAX), Some(75));
        assert_eq!(range.nearest(9_999, u32::MAX), Some(1200));
        assert_eq!(
            Resolutions::Discrete(vec![200, 600]).nearest(300, u32::MAX),
            Some(600)
        );
        assert_eq!(
            Resolutions::Discrete(vec![200]).nearest(300, u32::MAX),
            Some(200)
        );
        assert_eq!(Resolutions::Discrete(vec![]).nearest(300, u32::MAX), None);
        assert_eq!(range.nearest(600, 310), Some(300));
        assert_eq!(range.nearest(600, 10), Some(75));
        let discrete = Resolutions::Discrete(vec![200, 300, 600]);
        assert_eq!(discrete.nearest(600, 300), Some(300));
        assert_eq!(discrete.nearest(600, 100), Some(200));
    }
}
