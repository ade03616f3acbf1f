//! The XML a scanner with glass and feeder sends and takes.

use super::{AskedFor, Feeder, Job, Model, Scanner, XmlStyle};
use crate::scanner::Source;
use crate::scanner::escl::protocol::xml;

/// Widest region, in 1/300 inch.
const MAX_WIDTH: u32 = 2550;
/// Longest region of the glass, in 1/300 inch.
const MAX_HEIGHT: u32 = 3508;
/// Resolutions offered.
const RESOLUTIONS: [u32; 5] = [75, 100, 200, 300, 600];

const NAMESPACES: &str = "xmlns:scan=\"http://schemas.hp.com/imaging/escl/2011/05/03\" \
                          xmlns:pwg=\"http://www.pwg.org/schemas/2010/12/sm\"";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

pub(super) fn capabilities(model: &Model, style: XmlStyle) -> Vec<u8> {
    let name = quick_xml::escape::escape(&model.name);
    let mut xml = format!(
        "<scan:ScannerCapabilities {NAMESPACES}><pwg:Version>2.63</pwg:Version>\
         <pwg:MakeAndModel>{name}</pwg:MakeAndModel><pwg:SerialNumber>FB-0001</pwg:SerialNumber>"
    );
    if model.platen {
        let caps = input_caps("PlatenInputCaps", MAX_HEIGHT);
        xml.push_str(&format!("<scan:Platen>{caps}</scan:Platen>"));
    }
    let simplex = input_caps("AdfSimplexInputCaps", model.feeder_length);
    let duplex = input_caps("AdfDuplexInputCaps", model.feeder_length);
    let (capacity, detects) = (
        "<scan:FeederCapacity>50</scan:FeederCapacity>",
        "DetectPaperLoaded",
    );
    let options = |more: &str| {
        format!(
            "<scan:AdfOptions><scan:AdfOption>{detects}</scan:AdfOption>{more}</scan:AdfOptions>"
        )
    };
    match model.feeder {
        Feeder::None => {}
        Feeder::Simplex => {
            let options = options("");
            xml.push_str(&format!(
                "<scan:Adf>{simplex}{capacity}{options}</scan:Adf>"
            ));
        }
        Feeder::Duplex => {
            let options = options("<scan:AdfOption>Duplex</scan:AdfOption>");
            xml.push_str(&format!(
                "<scan:Adf>{simplex}{duplex}{capacity}{options}</scan:Adf>"
            ));
        }
    }
    xml.push_str("</scan:ScannerCapabilities>");
    finish(xml, style)
}

/// One source, as long as this; all can do the same.
fn input_caps(element: &str, max_height: u32) -> String {
    let resolutions: String = RESOLUTIONS
        .iter()
        .map(|dpi| {
            format!(
                "<scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution>\
                 <scan:YResolution>{dpi}</scan:YResolution></scan:DiscreteResolution>"
            )
        })
        .collect();
    format!(
        "<scan:{element}><scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>{MAX_WIDTH}</scan:MaxWidth>\
         <scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>{max_height}</scan:MaxHeight>\
         <scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile>\
         <scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode>\
         </scan:ColorModes><scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>\
         <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>\
         <scan:SupportedResolutions><scan:DiscreteResolutions>{resolutions}</scan:DiscreteResolutions>\
         </scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>\
         <scan:SupportedIntents><scan:Intent>Document</scan:Intent><scan:Intent>Photo</scan:Intent>\
         <scan:Intent>Preview</scan:Intent></scan:SupportedIntents>\
         <scan:MaxOpticalXResolution>600</scan:MaxOpticalXResolution>\
         <scan:MaxOpticalYResolution>600</scan:MaxOpticalYResolution></scan:{element}>"
    )
}

pub(super) fn status(scanner: &Scanner) -> Vec<u8> {
    let busy = scanner.jobs.iter().any(Job::is_open);
    let state = if busy { "Processing" } else { "Idle" };
    let truth = match scanner.model.feeder {
        Feeder::None => None,
        Feeder::Simplex | Feeder::Duplex if scanner.pile.sheets() == 0 || scanner.confused => {
            Some("ScannerAdfEmpty")
        }
        Feeder::Simplex | Feeder::Duplex => Some("ScannerAdfLoaded"),
    };
    let last = scanner.jobs.last().map_or(0, |job| job.served);
    let wrong = scanner.faults.adf_state.as_deref();
    let said = wrong
        .filter(|_| last >= scanner.faults.good_pages)
        .or(truth);
    let adf = said.map(|word| format!("<scan:AdfState>{word}</scan:AdfState>"));
    let adf = adf.unwrap_or_default();
    let jobs: String = scanner
        .jobs
        .iter()
        .rev()
        .map(|job| job_info(job, scanner))
        .collect();
    let xml = format!(
        "<scan:ScannerStatus {NAMESPACES}><pwg:Version>2.63</pwg:Version><pwg:State>{state}</pwg:State>{adf}\
         <scan:Jobs>{jobs}</scan:Jobs></scan:ScannerStatus>"
    );
    finish(xml, scanner.faults.xml)
}

fn job_info(job: &Job, scanner: &Scanner) -> String {
    let own = (job.state.to_owned(), "JobScanning".to_owned());
    let (state, reason) = scanner.faults.job_state.clone().unwrap_or(own);
    format!(
        "<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/{}</pwg:JobUri><pwg:JobUuid>{0}</pwg:JobUuid>\
         <pwg:ImagesCompleted>{}</pwg:ImagesCompleted><pwg:JobState>{state}</pwg:JobState>\
         <pwg:JobStateReasons><pwg:JobStateReason>{reason}</pwg:JobStateReason></pwg:JobStateReasons></scan:JobInfo>",
        job.name, job.served
    )
}

/// The document in a style. Other prefixes or none, a byte order mark, comments and unknown
/// elements are all lawful, and all were seen.
fn finish(xml: String, style: XmlStyle) -> Vec<u8> {
    let scan = match style {
        XmlStyle::Usual => return format!("{DECLARATION}{xml}").into_bytes(),
        XmlStyle::TooLong => {
            let padding = "<!-- nothing to say -->".repeat(xml::MAX_BYTES / 20);
            return format!("{DECLARATION}{padding}{xml}").into_bytes();
        }
        XmlStyle::OtherPrefixes => xml.replace("scan:", "ns1:").replace(":scan=", ":ns1="),
        XmlStyle::DefaultNamespace => xml.replace("scan:", "").replace(":scan=", "="),
    };
    let renamed = scan.replace("pwg:", "ns2:").replace(":pwg=", ":ns2=");
    let extra = "<v:Extra xmlns:v=\"urn:vendor\"><v:State>Down</v:State></v:Extra><ns2:Version>";
    let extended = renamed.replacen("<ns2:Version>", extra, 1);
    format!("\u{FEFF}{DECLARATION}<!-- made by a vendor -->\n{extended}").into_bytes()
}

/// Why settings are refused: the HTTP code.
pub(super) fn parse_settings(body: &[u8], model: &Model) -> Result<AskedFor, u16> {
    let root = xml::read(body, "ScanSettings", "job settings").map_err(|_| 400u16)?;
    let side = |name: &str| {
        root.number_at(&["ScanRegions", "ScanRegion", name])
            .filter(|side| *side > 0)
    };
    let dpi = root.number_at(&["XResolution"]).ok_or(409u16)?;
    let mode = root.text_at(&["ColorMode"]).unwrap_or("RGB24");
    let source = match (root.text_at(&["InputSource"]), root.text_at(&["Duplex"])) {
        (None | Some("Platen"), _) if model.platen => Source::Platen,
        (Some("Feeder"), Some("true")) if model.feeder == Feeder::Duplex => Source::Duplex,
        (Some("Feeder"), None | Some("false")) if model.feeder != Feeder::None => Source::Feeder,
        _ => return Err(409),
    };
    let longest = match source {
        Source::Platen => MAX_HEIGHT,
        Source::Feeder | Source::Duplex => model.feeder_length,
    };
    let asked = AskedFor {
        source,
        width: side("Width").unwrap_or(MAX_WIDTH).min(MAX_WIDTH),
        height: side("Height").unwrap_or(longest).min(longest),
        dpi,
        grey: mode == "Grayscale8",
        preview: root.text_at(&["Intent"]) == Some("Preview"),
    };
    let supported = RESOLUTIONS.contains(&dpi)
        && root.number_at(&["YResolution"]) == Some(dpi)
        && matches!(mode, "RGB24" | "Grayscale8")
        && matches!(root.text_at(&["DocumentFormat"]), None | Some("image/jpeg"));
    supported.then_some(asked).ok_or(409)
}
