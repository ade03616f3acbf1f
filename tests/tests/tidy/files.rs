//! Our text files: everything in the checkout that is not built or foreign.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Endings of files that hold text of ours.
const TEXT: &[&str] = &[
    "rs", "slint", "toml", "lock", "md", "json", "py", "sh", "sql", "html", "css", "js", "yml",
    "yaml", "service", "rules", "po", "xml", "txt",
];
/// Files of ours without an ending.
const NAMED: &[&str] = &[".ci/run"];
/// Folders at the root or below that are not ours or not kept.
const SKIPPED: &[&str] = &["target", ".git", "node_modules", "__pycache__"];

/// A text file, by its path from the root of the checkout with `/` between the parts.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    pub(crate) fn is(&self, ending: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == ending)
    }

    /// Lines from 1 with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(number, line)| (number + 1, line))
    }
}

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// One file that must exist.
pub(crate) fn read(path: &str) -> File {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    File::new(path, &text)
}

/// All of them, read once, in the order of their paths.
pub(crate) fn all() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut files = Vec::new();
        collect(&root(), "", &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    })
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
            collect(&entry.path(), &format!("{path}/"), files);
        } else if kind.is_file() && is_text(&path) {
            // A file that another program is just replacing is no complaint of ours.
            files.extend(fs::read_to_string(entry.path()).map(|text| File { path, text }));
        }
    }
}

fn is_text(path: &str) -> bool {
    let ending = Path::new(path)
        .extension()
        .and_then(|ending| ending.to_str());
    NAMED.contains(&path) || ending.is_some_and(|ending| TEXT.contains(&ending))
}

#[test]
fn the_walk_sees_the_checkout() {
    let paths: Vec<_> = all().iter().map(|file| file.path.as_str()).collect();
    for expected in [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        ".ci/run",
        "drivers/src/lib.rs",
        "kiosk-app/core/src/lib.rs",
        "tests/tests/tidy/files.rs",
    ] {
        assert!(paths.contains(&expected), "{expected} not seen");
    }
    assert!(!paths.iter().any(|path| path.starts_with("target/")));
}
