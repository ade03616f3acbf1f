//! The settings of one job: only what the scanner offers, in the order every scanner takes.

use std::fmt::Write;

use super::capabilities::{Capabilities, InputCaps, Profile};
use super::quirks::Quirks;
use crate::scanner::{ColourMode, Region, ScanFault, ScanSettings, Source};

/// The format asked for.
const JPEG: &str = "image/jpeg";

/// What a job asks, chosen from what the scanner offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSettings {
    /// Where the paper lies.
    pub source: Source,
    /// The region asked, clamped to the source.
    pub region: Region,
    /// Dots per inch asked.
    pub dpi: u32,
    colour_mode: &'static str,
    intent: Option<&'static str>,
    compression: Option<u32>,
    format_ext: bool,
}

impl JobSettings {
    /// Chooses for `wanted` what the scanner offers.
    ///
    /// # Errors
    /// [`ScanFault::Unsupported`] when it has no such source, no JPEG, or no resolution.
    pub fn choose(
        wanted: &ScanSettings,
        caps: &Capabilities,
        quirks: &Quirks,
    ) -> Result<Self, ScanFault> {
        let input = match wanted.source {
            Source::Platen => caps.platen.as_ref(),
            Source::Feeder => caps.feeder.as_ref(),
            Source::Duplex => caps.duplex.as_ref(),
        };
        let input = input.ok_or(ScanFault::Unsupported)?;
        let (profile, colour_mode) =
            choose_profile(input, wanted.colour).ok_or(ScanFault::Unsupported)?;
        let dpi = profile
            .resolutions
            .nearest(wanted.dpi, quirks.max_dpi.unwrap_or(u32::MAX))
            .ok_or(ScanFault::Unsupported)?;
        // Of a glass that does not tell its size, all that is asked for is a page.
        let clamp = |wanted: u32, most: Option<u32>, page: u32| {
            wanted.min(most.unwrap_or(if wanted == u32::MAX { page } else { wanted }))
        };
        let intents: &[&'static str] = if wanted.preview {
            &["Preview", "Document", "TextAndGraphic"]
        } else {
            &["Document", "TextAndGraphic"]
        };
        Ok(Self {
            source: wanted.source,
            region: Region {
                width: clamp(wanted.region.width, input.max_width, Region::A4.width),
                height: clamp(wanted.region.height, input.max_height, Region::A4.height),
            },
            dpi,
            colour_mode,
            intent: intents
                .iter()
                .copied()
                .find(|name| input.intents.iter().any(|i| i == name)),
            compression: caps.best_compression,
            format_ext: profile.formats_ext.iter().any(|format| format == JPEG),
        })
    }

    /// The picture's size in pixels if the scanner does exactly this.
    pub fn expected_pixels(&self) -> (u32, u32) {
        let pixels = |units: u32| (u64::from(units) * u64::from(self.dpi) / 300) as u32;
        (pixels(self.region.width), pixels(self.region.height))
    }

    /// The document to post, with its elements in the order all peers accept.
    ///
    /// Source: the scanner fact sheet, section 2.3.
    pub fn to_xml(&self) -> String {
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <scan:ScanSettings xmlns:scan=\"http://schemas.hp.com/imaging/escl/2011/05/03\" \
             xmlns:pwg=\"http://www.pwg.org/schemas/2010/12/sm\">",
        );
        // Writing into a string cannot fail.
        let _ = self.write_elements(&mut xml);
        xml.push_str("</scan:ScanSettings>");
        xml
    }

    fn write_elements(&self, xml: &mut String) -> std::fmt::Result {
        let Region { width, height } = self.region;
        write!(xml, "<pwg:Version>2.0</pwg:Version>")?;
        if let Some(intent) = self.intent {
            write!(xml, "<scan:Intent>{intent}</scan:Intent>")?;
        }
        write!(
            xml,
            "<pwg:ScanRegions><pwg:ScanRegion>\
             <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>\
             <pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>\
             <pwg:Width>{width}</pwg:Width><pwg:Height>{height}</pwg:Height>\
             </pwg:ScanRegion></pwg:ScanRegions>"
        )?;
        let input = if self.source == Source::Platen {
            "Platen"
        } else {
            "Feeder"
        };
        write!(xml, "<pwg:InputSource>{input}</pwg:InputSource>")?;
        if let Some(factor) = self.compression {
            write!(
                xml,
                "<scan:CompressionFactor>{factor}</scan:CompressionFactor>"
            )?;
        }
        write!(xml, "<scan:ColorMode>{}</scan:ColorMode>", self.colour_mode)?;
        write!(xml, "<pwg:DocumentFormat>{JPEG}</pwg:DocumentFormat>")?;
        if self.format_ext {
            write!(
                xml,
                "<scan:DocumentFormatExt>{JPEG}</scan:DocumentFormatExt>"
            )?;
        }
        write!(
            xml,
            "<scan:XResolution>{0}</scan:XResolution><scan:YResolution>{0}</scan:YResolution>",
            self.dpi
        )?;
        match self.source {
            Source::Platen => Ok(()),
            Source::Feeder => write!(xml, "<scan:Duplex>false</scan:Duplex>"),
            Source::Duplex => write!(xml, "<scan:Duplex>true</scan:Duplex>"),
        }
    }
}

/// The profile with JPEG that has the wanted colours, else one that has the others.
fn choose_profile(input: &InputCaps, wanted: ColourMode) -> Option<(&Profile, &'static str)> {
    let order = match wanted {
        ColourMode::Colour => ["RGB24", "Grayscale8"],
        ColourMode::Grey => ["Grayscale8", "RGB24"],
    };
    order.into_iter().find_map(|mode| {
        let fits = |profile: &&Profile| {
            let jpeg = profile
                .formats
                .iter()
                .chain(&profile.formats_ext)
                .any(|format| format == JPEG);
            jpeg && profile.colour_modes.iter().any(|offered| offered == mode)
        };
        input
            .profiles
            .iter()
            .find(fits)
            .map(|profile| (profile, mode))
    })
}

#[cfg(test)]
mod tests {
    use super::super::capabilities::Resolutions;
    use super::*;

    fn caps(modes: &[&str], formats: &[&str]) -> Capabilities {
        let owned = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let platen = InputCaps {
            max_width: Some(2550),
            max_height: Some(3300),
            profiles: vec![Profile {
                colour_modes: owned(modes),
                formats: owned(formats),
                formats_ext: owned(formats),
                resolutions: Resolutions::Discrete(vec![75, 200, 300, 600]),
            }],
            intents: owned(&["Preview", "Document"]),
        };
        Capabilities {
            make_and_model: None,
            manufacturer: None,
            platen: Some(platen),
            feeder: None,
            duplex: None,
            best_compression: Some(1),
        }
    }

    #[test]
    fn elements_stand_in_the_order_every_peer_takes() {
        let settings = JobSettings::choose(
            &ScanSettings::default(),
            &caps(&["RGB24"], &["application/pdf", JPEG]),
            &Quirks::default(),
        )
        .unwrap();
        let xml = settings.to_xml();
        let order = [
            "<pwg:Version>2.0<",
            "<scan:Intent>Document<",
            "<pwg:ScanRegions>",
            "<pwg:ContentRegionUnits>",
            "<pwg:XOffset>0<",
            "<pwg:YOffset>0<",
            "<pwg:Width>2480<",
            "<pwg:Height>3300<",
            "<pwg:InputSource>Platen<",
            "<scan:CompressionFactor>1<",
            "<scan:ColorMode>RGB24<",
            "<pwg:DocumentFormat>image/jpeg<",
            "<scan:DocumentFormatExt>image/jpeg<",
            "<scan:XResolution>300<",
            "<scan:YResolution>300<",
        ];
        let places: Vec<usize> = order
            .iter()
            .map(|part| xml.find(part).unwrap_or_else(|| panic!("{part} in {xml}")))
            .collect();
        assert!(places.is_sorted(), "{xml}");
        assert!(!xml.contains("Duplex"));
        assert_eq!(settings.expected_pixels(), (2480, 3300));
    }

    #[test]
    fn a_preview_is_all_of_the_glass_and_a_page_of_one_without_a_size() {
        let caps = caps(&["RGB24"], &[JPEG]);
        let quirks = Quirks::default();
        let preview = JobSettings::choose(&ScanSettings::PREVIEW, &caps, &quirks).unwrap();
        assert_eq!((preview.region.width, preview.region.height), (2550, 3300));
        assert!(preview.to_xml().contains("<scan:Intent>Preview<"));
        let mut unsized_glass = caps;
        let platen = unsized_glass.platen.as_mut().unwrap();
        (platen.max_width, platen.max_height) = (None, None);
        let preview = JobSettings::choose(&ScanSettings::PREVIEW, &unsized_glass, &quirks);
        assert_eq!(preview.unwrap().region, Region::A4);
    }

    #[test]
    fn only_what_is_offered_is_asked() {
        let grey = JobSettings::choose(
            &ScanSettings::default(),
            &caps(&["Grayscale8"], &[JPEG]),
            &Quirks::default(),
        )
        .unwrap();
        assert!(grey.to_xml().contains("Grayscale8"));
        let refused = |caps: &Capabilities, source| {
            JobSettings::choose(
                &ScanSettings {
                    source,
                    ..ScanSettings::default()
                },
                caps,
                &Quirks::default(),
            )
        };
        assert_eq!(
            refused(&caps(&["BlackAndWhite1"], &[JPEG]), Source::Platen),
            Err(ScanFault::Unsupported)
        );
        assert_eq!(
            refused(&caps(&["RGB24"], &["image/tiff"]), Source::Platen),
            Err(ScanFault::Unsupported)
        );
        assert_eq!(
            refused(&caps(&["RGB24"], &[JPEG]), Source::Feeder),
            Err(ScanFault::Unsupported)
        );
    }
}
