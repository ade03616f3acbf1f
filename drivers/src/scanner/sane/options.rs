//! What a SANE device can be told, read from `scanimage -A`, and what we tell it. Pure.
//!
//! Source: the scanner fact sheet, section 3.1. Names of sources and modes are the
//! backend's own, so they are matched by what they contain.

use crate::scanner::{ColourMode, Region, ScanFault, ScanSettings, Source};

/// The numbers an option takes.
#[derive(Debug, Clone, PartialEq)]
enum Numbers {
    /// From one to the other.
    Range(f64, f64),
    /// Only these; at least one.
    List(Vec<f64>),
}

impl Numbers {
    fn nearest(&self, wanted: f64) -> f64 {
        match self {
            Self::Range(low, high) => wanted.max(*low).min(*high),
            Self::List(list) => list.iter().copied().fold(f64::NAN, |best, one| {
                if (one - wanted).abs() < (best - wanted).abs() || best.is_nan() {
                    one
                } else {
                    best
                }
            }),
        }
    }

    fn most(&self) -> f64 {
        self.nearest(f64::MAX)
    }
}

/// A length the device takes: in millimetres, or in pixels at the chosen resolution.
#[derive(Debug, Clone, PartialEq)]
struct Length {
    numbers: Numbers,
    pixels: bool,
}

/// How fine the device scans, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Default)]
struct Resolution {
    /// Both ways at once.
    both: Option<Numbers>,
    across: Option<Numbers>,
    down: Option<Numbers>,
}

impl Resolution {
    /// The options for about `wanted` dots per inch, and the dots per inch across and down.
    fn choose(&self, wanted: u32) -> (Vec<(&'static str, f64)>, [Option<f64>; 2]) {
        let nearest = |numbers: &Numbers| numbers.nearest(f64::from(wanted));
        if let Some(both) = self.both.as_ref().map(nearest) {
            return (vec![("--resolution", both)], [Some(both); 2]);
        }
        let across = self.across.as_ref().map(nearest);
        // One that is as fine down as across keeps the page's shape.
        let down = self.down.as_ref();
        let down = down.map(|numbers| numbers.nearest(across.unwrap_or(f64::from(wanted))));
        let told = [("--x-resolution", across), ("--y-resolution", down)];
        let told = told
            .into_iter()
            .filter_map(|(name, dpi)| Some((name, dpi?)));
        (told.collect(), [across, down])
    }
}

/// The options of one device that we use; what it has not is absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Options {
    sources: Vec<String>,
    modes: Vec<String>,
    depths: Vec<f64>,
    resolution: Resolution,
    width: Option<Length>,
    height: Option<Length>,
    page_width: bool,
    page_height: bool,
    preview: bool,
}

/// What `scanimage` is told, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// Its arguments, in the order in which SANE wants them set.
    pub(super) arguments: Vec<String>,
    /// Dots per inch; `None` when the device has no say in it.
    pub(super) dpi: Option<u32>,
}

impl Options {
    /// Reads what `scanimage -A` prints; what is not understood is passed over.
    pub(super) fn parse(text: &str) -> Self {
        let mut options = Self::default();
        for line in text.lines().map(str::trim) {
            if line.ends_with("[inactive]") || !line.starts_with('-') {
                continue;
            }
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            let constraint = rest.split(" (in steps").next().unwrap_or_default();
            let constraint = match constraint.rfind(" [") {
                Some(at) => constraint.get(..at).unwrap_or_default(),
                None => constraint,
            };
            match name {
                "--source" => options.sources = words(constraint),
                "--mode" => options.modes = words(constraint),
                "--depth" => options.depths = words(constraint).iter().filter_map(number).collect(),
                "--resolution" => options.resolution.both = numbers(constraint, "dpi"),
                "--x-resolution" => options.resolution.across = numbers(constraint, "dpi"),
                "--y-resolution" => options.resolution.down = numbers(constraint, "dpi"),
                "-x" => options.width = length(constraint),
                "-y" => options.height = length(constraint),
                "--page-width" => options.page_width = true,
                "--page-height" => options.page_height = true,
                "--preview" => options.preview = true,
                _ => {}
            }
        }
        options
    }

    /// The arguments for `wanted`: source, mode, depth, resolution, geometry.
    ///
    /// # Errors
    /// [`ScanFault::Unsupported`] when the device has no such source.
    pub(super) fn choose(&self, wanted: &ScanSettings) -> Result<Choice, ScanFault> {
        let mut arguments = Vec::new();
        let mut tell = |name: &str, value: String| arguments.push(format!("{name}={value}"));
        if let Some(source) = self.source(wanted.source)? {
            tell("--source", source.to_owned());
        }
        if let Some(mode) = self.mode(wanted.colour) {
            tell("--mode", mode.to_owned());
        }
        if wanted.preview && self.preview {
            tell("--preview", "yes".to_owned());
        }
        if self.depths.contains(&8.0) {
            tell("--depth", "8".to_owned());
        }
        let (told, [across, down]) = self.resolution.choose(wanted.dpi);
        for (name, dpi) in told {
            tell(name, format!("{dpi}"));
        }
        let Region { width, height } = wanted.region;
        let sides = [
            (width, &self.width, self.page_width, "width", across),
            (height, &self.height, self.page_height, "height", down),
        ];
        for (wanted, length, of_page, name, dpi) in sides {
            let Some(length) = length else { continue };
            let inches = f64::from(wanted) / 300.0;
            let unit = if length.pixels {
                dpi.unwrap_or(300.0)
            } else {
                25.4
            };
            // Whole units, upwards: a page cut off by a fraction is worse than a white line.
            let value = (inches * unit).ceil().min(length.numbers.most());
            if of_page && !length.pixels {
                tell(&format!("--page-{name}"), format!("{value}"));
            }
            tell(
                if name == "width" { "-x" } else { "-y" },
                format!("{value}"),
            );
        }
        // One letter takes its value without an equals sign.
        for argument in &mut arguments {
            if argument.starts_with("-x=") || argument.starts_with("-y=") {
                argument.remove(2);
            }
        }
        Ok(Choice {
            arguments,
            // Of a picture finer one way than the other there is no one number.
            dpi: across
                .filter(|_| across == down)
                .map(|dpi| dpi.round() as u32),
        })
    }

    /// Whether the device names `wanted` among its sources; one without names has a glass.
    pub(super) fn has(&self, wanted: Source) -> bool {
        match self.source(wanted) {
            Ok(Some(_)) => true,
            Ok(None) => wanted == Source::Platen,
            Err(_) => false,
        }
    }

    /// The backend's name of `wanted`; `None` when the device has one source and says no name.
    fn source(&self, wanted: Source) -> Result<Option<&str>, ScanFault> {
        let feeder = |name: &str| name.contains("adf") || name.contains("feeder");
        let duplex = |name: &str| name.contains("duplex");
        let fits = |name: &&String| {
            let name = name.to_lowercase();
            match wanted {
                Source::Platen => !feeder(&name) && !duplex(&name),
                // "ADF Back" gives the wrong sides, and comes after the front in every list.
                Source::Feeder => feeder(&name) && !duplex(&name),
                Source::Duplex => duplex(&name),
            }
        };
        match (self.sources.iter().find(fits), wanted) {
            (Some(name), _) => Ok(Some(name)),
            (None, Source::Platen | Source::Feeder) if self.sources.is_empty() => Ok(None),
            (None, _) => Err(ScanFault::Unsupported),
        }
    }

    fn mode(&self, wanted: ColourMode) -> Option<&str> {
        let find = |wanted: &[&str]| {
            self.modes.iter().find(|mode| {
                let mode = mode.to_lowercase();
                wanted.iter().any(|word| mode.contains(word))
            })
        };
        let (colour, grey) = (find(&["color", "colour"]), find(&["gray", "grey"]));
        let mode = match wanted {
            ColourMode::Colour => colour.or(grey),
            ColourMode::Grey => grey.or(colour),
        };
        mode.map(String::as_str)
    }
}

/// `Flatbed|ADF Front`, without empty ones and `auto`.
fn words(constraint: &str) -> Vec<String> {
    constraint
        .split('|')
        .map(str::trim)
        .filter(|word| !word.is_empty() && *word != "auto")
        .map(str::to_owned)
        .collect()
}

fn number(text: impl AsRef<str>) -> Option<f64> {
    let number: f64 = text.as_ref().trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// `1..1200dpi` or `75|150|300dpi`.
fn numbers(constraint: &str, unit: &str) -> Option<Numbers> {
    let constraint = constraint.trim().trim_end_matches(unit);
    if let Some((low, high)) = constraint.split_once("..") {
        return Some(Numbers::Range(number(low)?, number(high)?));
    }
    let list: Vec<f64> = words(constraint).iter().filter_map(number).collect();
    (!list.is_empty()).then_some(Numbers::List(list))
}

/// `0..215.9mm` or `0..2550pel`.
fn length(constraint: &str) -> Option<Length> {
    let pixels = constraint.trim().ends_with("pel");
    let numbers = numbers(constraint, if pixels { "pel" } else { "mm" })?;
    Some(Length { numbers, pixels })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FEEDER: &str = "
All options specific to device `fujitsu:fi:1':
  Standard:
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
        Selects the scan source (such as a document-feeder).
    --mode Lineart|Halftone|True Gray|True Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [600]
  Geometry:
    --page-width 0..221.121mm (in steps of 0.0211639) [215.872]
    --page-height 0..876.695mm (in steps of 0.0211639) [279.364]
    -l 0..215.872mm (in steps of 0.0211639) [0]
    -x 0..215.872mm (in steps of 0.0211639) [215.872]
    -y 0..279.364mm (in steps of 0.0211639) [279.364]
";

    fn wanted(source: Source) -> ScanSettings {
        ScanSettings {
            source,
            ..ScanSettings::default()
        }
    }

    #[test]
    fn a_feeder_is_told_its_paper_and_its_side() {
        let options = Options::parse(FEEDER);
        let choice = options.choose(&wanted(Source::Duplex)).unwrap();
        assert_eq!(
            choice.arguments,
            [
                "--source=ADF Duplex",
                "--mode=True Color",
                "--resolution=300",
                "--page-width=210",
                "-x210",
                "--page-height=279.364",
                "-y279.364",
            ]
        );
        assert_eq!(choice.dpi, Some(300));
        let front = options.choose(&wanted(Source::Feeder)).unwrap();
        assert_eq!(front.arguments[0], "--source=ADF Front");
        let glass = options.choose(&wanted(Source::Platen));
        assert_eq!(glass, Err(ScanFault::Unsupported));
    }

    #[test]
    fn a_scanner_with_steps_and_pixels_gets_the_nearest_it_has() {
        let options = Options::parse(
            "--mode Gray [Gray]\n--depth 8|16 [8]\n--resolution 75|200|600dpi [75]\n-x 0..1200pel [0]\n-y 0..2100pel [0]",
        );
        let choice = options.choose(&wanted(Source::Platen)).unwrap();
        assert_eq!(
            choice.arguments,
            [
                "--mode=Gray",
                "--depth=8",
                "--resolution=200",
                "-x1200",
                "-y2100"
            ]
        );
    }

    #[test]
    fn a_scanner_with_a_resolution_each_way_is_told_both() {
        let glass = wanted(Source::Platen);
        let both = "--x-resolution 75|150|300|600dpi [75]\n--y-resolution 75..1200dpi [75]\n-y 0..4000pel [0]";
        let choice = Options::parse(both).choose(&glass).unwrap();
        assert_eq!(
            choice.arguments,
            ["--x-resolution=300", "--y-resolution=300", "-y3508"]
        );
        assert_eq!(choice.dpi, Some(300));
        // Finer across than down: the page has no one density.
        let uneven =
            "--x-resolution 200|400dpi [200]\n--y-resolution 100dpi [100]\n-y 0..4000pel [0]";
        let choice = Options::parse(uneven).choose(&glass).unwrap();
        assert_eq!(
            choice.arguments,
            ["--x-resolution=200", "--y-resolution=100", "-y1170"]
        );
        assert_eq!(choice.dpi, None);
        let usual = format!("--resolution 75..600dpi [75]\n{both}");
        let choice = Options::parse(&usual).choose(&glass).unwrap();
        assert_eq!(choice.arguments[0], "--resolution=300");
        assert_eq!((choice.arguments.len(), choice.dpi), (2, Some(300)));
    }

    #[test]
    fn an_option_that_is_switched_off_is_left_alone() {
        let options = Options::parse("--source Flatbed|ADF [inactive]\n--resolution [inactive]");
        assert_eq!(options, Options::default());
        let choice = options.choose(&wanted(Source::Feeder)).unwrap();
        assert!(choice.arguments.is_empty());
        assert_eq!(choice.dpi, None);
    }

    proptest! {
        #[test]
        fn whatever_a_program_prints_is_no_argument_of_its_own(text in "(?s).{0,400}") {
            if let Ok(choice) = Options::parse(&text).choose(&wanted(Source::Feeder)) {
                for argument in choice.arguments {
                    prop_assert!(argument.starts_with('-') && !argument.contains('\n'));
                }
            }
        }
    }
}
