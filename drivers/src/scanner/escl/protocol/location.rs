//! Where the job lies, from a `Location` that may name a wrong host or none.

/// Longest path kept.
const MAX_PATH: usize = 1024;

/// The path of a job on our own host, without a slash at the end.
///
/// `base` is the scanner's own base path (`/eSCL/`), used for relative paths. Only the path
/// of `location` counts: scanners name wrong hosts, USB names, and cut-off IPv6 addresses.
/// `None` when there is no usable path.
pub fn job_path(location: &str, base: &str) -> Option<String> {
    let location = location.trim();
    if location.is_empty()
        || location.len() > MAX_PATH
        || location
            .chars()
            .any(|c| c.is_control() || c.is_whitespace())
    {
        return None;
    }
    let lower = location.to_ascii_lowercase();
    let after_scheme = ["http://", "https://", "//"].iter().find_map(|scheme| {
        lower
            .starts_with(scheme)
            .then(|| location.get(scheme.len()..))
            .flatten()
    });
    let path = match after_scheme {
        Some(rest) => rest.get(rest.find('/')?..)?.to_owned(),
        None if location.starts_with('/') => location.to_owned(),
        // Relative to the address the job was posted to: BASE/ScanJobs.
        None if lower.starts_with("urn:") => format!("{base}ScanJobs/{location}"),
        None => format!("{base}{location}"),
    };
    let path = path.trim_end_matches('/');
    let climbs = path.split('/').any(|part| part == "..");
    (!path.is_empty() && !climbs).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_of_a_location_counts() {
        let cases = [
            (
                "http://127.0.0.1:60000/eSCL/ScanJobs/1",
                Some("/eSCL/ScanJobs/1"),
            ),
            (
                "https://wrong.example/eSCL/ScanJobs/1/",
                Some("/eSCL/ScanJobs/1"),
            ),
            ("http://[fe80::1/eSCL/ScanJobs/1", Some("/eSCL/ScanJobs/1")),
            (
                "http://host:80/eSCL/ScanJobs/urn:uuid:4509a320-00a0",
                Some("/eSCL/ScanJobs/urn:uuid:4509a320-00a0"),
            ),
            ("/eSCL/ScanJobs/7", Some("/eSCL/ScanJobs/7")),
            ("ScanJobs/7", Some("/eSCL/ScanJobs/7")),
            (
                "urn:uuid:4509a320",
                Some("/eSCL/ScanJobs/urn:uuid:4509a320"),
            ),
            ("http://host", None),
            ("http://host/", None),
            ("", None),
            ("/eSCL/../admin", None),
            ("/eSCL/a\r\nHost: x", None),
        ];
        for (location, expected) in cases {
            assert_eq!(
                job_path(location, "/eSCL/").as_deref(),
                expected,
                "{location}"
            );
        }
    }
}
