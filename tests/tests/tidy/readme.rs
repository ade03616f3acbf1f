//! What the two READMEs promise: commands that exist and links that lead somewhere.

use std::collections::BTreeSet;

use super::assert_none;
use super::files::{self, File, read, root};

const READMES: &[&str] = &["README.md", "README.zh.md"];
/// The two commands the project is judged by.
const PROMISED: &[&str] = &["cargo run --release", "cargo test --workspace"];
/// Sub-commands of cargo that come with Rust, and `deny`.
const CARGO: &[&str] = &[
    "run", "test", "bench", "build", "clippy", "fmt", "doc", "deny",
];

/// What a program of ours understands, read from the source of its command line.
#[derive(Default)]
struct Grammar {
    /// Sub-commands and the values of closed lists, as they are typed.
    words: BTreeSet<String>,
    /// Long options with their dashes.
    options: BTreeSet<String>,
}

impl Grammar {
    /// Reads enums that derive `Subcommand` or `ValueEnum` and fields with `#[arg(long)]`.
    fn read<'a>(sources: impl Iterator<Item = &'a str>) -> Self {
        let mut grammar = Self::default();
        for source in sources {
            grammar.read_words(source);
            grammar.read_options(source);
        }
        grammar
    }

    fn read_words(&mut self, source: &str) {
        for part in source.split("#[derive(").skip(1) {
            let Some((derived, rest)) = part.split_once(")]") else {
                continue;
            };
            let closed = ["Subcommand", "ValueEnum"]
                .iter()
                .any(|word| derived.contains(word));
            let Some((_, body)) = rest.split_once('{').filter(|_| closed) else {
                continue;
            };
            let body = body.split("\n}").next().unwrap_or_default();
            let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
            self.words.extend(variants.filter_map(|line| {
                let name: String = line
                    .chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect();
                name.starts_with(|c: char| c.is_ascii_uppercase())
                    .then(|| kebab(&name))
            }));
        }
    }

    fn read_options(&mut self, source: &str) {
        for part in source.split("#[arg(").skip(1) {
            let Some((attribute, rest)) = part.split_once(")]") else {
                continue;
            };
            let named = attribute
                .split_once("long = \"")
                .and_then(|(_, name)| name.split('"').next());
            let long = attribute.split(',').any(|word| word.trim() == "long");
            let field = rest
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with('#'));
            let field = field.map(|line| {
                line.trim_start_matches("pub(crate) ")
                    .trim_start_matches("pub ")
            });
            let field = field
                .and_then(|line| line.split(':').next())
                .filter(|_| long);
            self.options.extend(
                named
                    .or(field)
                    .map(|name| format!("--{}", name.replace('_', "-"))),
            );
        }
    }

    /// Complaints about the words after the program's name.
    fn check(&self, words: &[&str]) -> Vec<String> {
        let plain = words.iter().take_while(|word| !word.starts_with("--"));
        let unknown = plain
            .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            .filter(|word| !self.words.contains(**word));
        let options = words.iter().filter(|word| word.starts_with("--"));
        let undefined = options.filter(|word| {
            let name = word.split('=').next().unwrap_or(word);
            name != "--help" && name != "--version" && !self.options.contains(name)
        });
        unknown
            .chain(undefined)
            .map(|word| format!("{word} does not exist"))
            .collect()
    }
}

/// `DocumentPrinter` as `document-printer`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// Lines of fenced blocks that call one of `programs`, without their remarks.
fn commands<'a>(readme: &'a File, programs: &[&str]) -> Vec<(usize, Vec<&'a str>)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (number, line) in readme.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let line = line.split(" # ").next().unwrap_or(line);
        let words: Vec<_> = line.trim_start_matches("$ ").split_whitespace().collect();
        if fenced && words.first().is_some_and(|word| programs.contains(word)) {
            found.push((number, words));
        }
    }
    found
}

fn check_promised(readme: &File) -> Vec<String> {
    let told: Vec<_> = commands(readme, &["cargo"])
        .into_iter()
        .map(|(_, w)| w.join(" "))
        .collect();
    let missing = PROMISED
        .iter()
        .filter(|command| !told.iter().any(|line| line == *command));
    missing
        .map(|command| format!("{}: does not tell `{command}`", readme.path))
        .collect()
}

fn check_cargo(readme: &File, packages: &BTreeSet<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, words) in commands(readme, &["cargo"]) {
        let mut wrong = Vec::new();
        wrong.extend(words.get(1).filter(|word| !CARGO.contains(word)));
        for pair in words.windows(2) {
            if ["-p", "--package", "--bin"].contains(&pair[0]) && !packages.contains(pair[1]) {
                wrong.push(&pair[1]);
            }
        }
        complaints.extend(
            wrong
                .iter()
                .map(|word| format!("{}:{number}: {word} does not exist", readme.path)),
        );
    }
    complaints
}

fn check_program(readme: &File, program: &str, grammar: &Grammar) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, words) in commands(readme, &[program]) {
        let wrong = grammar.check(&words[1..]);
        complaints.extend(
            wrong
                .iter()
                .map(|told| format!("{}:{number}: {program}: {told}", readme.path)),
        );
    }
    complaints
}

/// Links and pictures to files of ours; an address or a place on the page is not looked up.
fn check_links(readme: &File, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let links = readme
        .text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    links
        .filter(|link| !link.contains("://") && !link.starts_with('#'))
        .map(|link| link.split('#').next().unwrap_or(link))
        .filter(|link| !exists(link))
        .map(|link| format!("{}: {link} does not exist", readme.path))
        .collect()
}

fn grammar_of(folder: &str) -> Grammar {
    let sources = files::all()
        .iter()
        .filter(|f| f.is("rs") && f.path.starts_with(folder));
    Grammar::read(sources.map(|file| file.text.as_str()))
}

fn packages() -> BTreeSet<String> {
    let manifests = files::all()
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"));
    let tables = manifests.map(|file| file.text.parse::<toml::Table>().unwrap());
    tables
        .map(|table| table["package"]["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_readmes_tell_commands_that_exist() {
    let (kiosk, city) = (grammar_of("kiosk-app/src/"), grammar_of("backend/src/"));
    let packages = packages();
    assert_none(
        &READMES
            .iter()
            .map(|path| read(path))
            .flat_map(|readme| {
                let mut complaints = check_promised(&readme);
                complaints.extend(check_cargo(&readme, &packages));
                complaints.extend(check_program(&readme, "kiosk", &kiosk));
                complaints.extend(check_program(&readme, "city-backend", &city));
                complaints
            })
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_readmes_link_to_files_that_exist() {
    let exists = |link: &str| root().join(link).exists();
    assert_none(
        &READMES
            .iter()
            .flat_map(|path| check_links(&read(path), exists))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_readmes_tell_the_same_commands() {
    let told = |path: &str| {
        let readme = read(path);
        let found = commands(&readme, &["cargo", "kiosk", "city-backend", ".ci/run"]);
        found
            .into_iter()
            .map(|(_, words)| words.join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(READMES[0]), told(READMES[1]));
}

const SOURCE: &str = "
#[derive(Subcommand)]
enum Command {
    /// Words.
    Demo(Demo),
    DeviceList {
        /// Not a variant.
        #[arg(long, value_parser = selector)]
        device: Selector,
    },
}
#[derive(Args)]
struct Demo {
    #[arg(
        long,
        default_value = \"x\"
    )]
    /// Words: with a colon.
    pub(crate) out_dir: PathBuf,
    #[arg(long = \"json\")]
    as_json: bool,
    /// Positional.
    #[arg(value_name = \"FILE\")]
    file: PathBuf,
}
";

#[test]
fn a_command_line_is_read_from_its_source() {
    let grammar = Grammar::read([SOURCE].into_iter());
    assert_eq!(Vec::from_iter(&grammar.words), ["demo", "device-list"]);
    assert_eq!(
        Vec::from_iter(&grammar.options),
        ["--device", "--json", "--out-dir"]
    );
    assert_none(&grammar.check(&["demo", "--out-dir", "pictures", "--help"]));
    assert_eq!(grammar.check(&["dmo"]).len(), 1);
    assert_eq!(grammar.check(&["demo", "--outdir=x"]).len(), 1);
}

fn page(line: &str) -> File {
    File::new(
        "README.md",
        &format!("Words.\n```sh\n{line}\n```\nkiosk nothing --here\n"),
    )
}

#[test]
fn a_command_that_does_not_exist_is_found() {
    let packages = BTreeSet::from(["kiosk".to_owned()]);
    for line in [
        "cargo test -p kisok",
        "cargo juggle",
        "$ cargo run --bin city",
    ] {
        assert_eq!(check_cargo(&page(line), &packages).len(), 1, "{line}");
    }
    assert_none(&check_cargo(
        &page("cargo run -p kiosk -- demo  # a window"),
        &packages,
    ));
    let grammar = Grammar::read([SOURCE].into_iter());
    assert_eq!(
        check_program(&page("kiosk demo --list"), "kiosk", &grammar).len(),
        1
    );
    assert_none(&check_program(
        &page("kiosk demo --json  # --nothing"),
        "kiosk",
        &grammar,
    ));
    assert_eq!(check_promised(&page("cargo run --release")).len(), 1);
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let exists = |link: &str| link == "docs/kiosk.png";
    let readme = |text: &str| File::new("README.md", text);
    assert_none(&check_links(
        &readme("![x](docs/kiosk.png) [a](https://b.org) [c](#d)"),
        exists,
    ));
    assert_eq!(check_links(&readme("[x](docs/kisok.png)"), exists).len(), 1);
}
