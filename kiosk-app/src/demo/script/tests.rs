//! Scripts as data: the built-in ones read, wrong ones are refused with their line.

use super::{Answer, Expect, PageKind, Script, ScriptError, Step, names};

const HEAD: &str = "title = { zh = \"例\", en = \"Sample\" }\nabout = \"A sample.\"\n";

fn refused(steps: &str) -> ScriptError {
    Script::parse("sample", &format!("{HEAD}{steps}")).expect_err("refused")
}

#[test]
fn every_built_in_visit_reads_and_ends_idle() {
    assert_eq!(names().count(), 34);
    for name in names() {
        let script = Script::built_in(name).unwrap_or_else(|error| panic!("{error}"));
        assert!(!script.title.zh.is_empty() && !script.title.en.is_empty());
        assert!(!script.about.is_empty());
        let last = script.steps.last().expect("steps");
        let Step::Expect(last) = last else {
            panic!("{name} ends with what is expected");
        };
        assert_eq!(last.page, Some(PageKind::Idle), "{name} ends idle");
    }
}

#[test]
fn an_unknown_step_is_refused_with_its_line() {
    let error = refused("\n[[step]]\ntap = \"start\"\n\n[[step]]\ndance = 3\n");
    let ScriptError::Malformed { line, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*line, 8);
    assert!(error.to_string().contains("line 8"), "{error}");
    assert!(error.to_string().contains("dance"), "{error}");
}

#[test]
fn an_unknown_key_within_a_step_is_refused_with_its_line() {
    let error = refused("[[step]]\n[step.expect]\npage = \"idle\"\nmood = \"good\"\n");
    let ScriptError::Malformed { line, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*line, 6);
    assert!(error.to_string().contains("mood"), "{error}");
}

#[test]
fn an_unknown_key_of_the_file_is_refused() {
    let error = refused("author = \"me\"\n[[step]]\ntap = \"start\"\n");
    assert!(error.to_string().contains("line 3"), "{error}");
}

#[test]
fn two_keys_in_one_step_are_refused() {
    let error = refused("[[step]]\ntap = \"start\"\nwait = 3\n");
    assert!(matches!(error, ScriptError::Malformed { .. }), "{error}");
}

#[test]
fn a_value_out_of_bounds_is_refused_with_its_step() {
    for step in [
        "rate = 6",
        "glass = 0",
        "feeder = 0",
        "kiosk = 0",
        "pick = 0",
        "wait = 100000",
        "paper-ends-after = nan",
        "expect = {}",
    ] {
        let error = refused(&format!("[[step]]\ntap = \"start\"\n[[step]]\n{step}\n"));
        assert!(
            matches!(error, ScriptError::Value { step: 2, .. }),
            "{step}: {error}"
        );
    }
}

#[test]
fn a_script_without_steps_or_of_endless_length_is_refused() {
    assert!(matches!(refused(""), ScriptError::Size { .. }));
    let long = format!("# {}", "x".repeat(super::LONGEST));
    assert!(matches!(refused(&long), ScriptError::Size { .. }));
}

#[test]
fn answers_of_every_shape_are_told_apart() {
    let text = format!(
        "{HEAD}[[step]]\n[step.go]\nto = \"review\"\n[step.go.answers]\n\
         a = \"x\"\nb = true\nc = 3\nd = [\"x\", \"y\"]\n\
         e = {{ region = [\"x\"], detail = \"y\" }}\nf = [{{ g = \"x\" }}]\n"
    );
    let script = Script::parse("sample", &text).expect("reads");
    let [Step::Go(go)] = &script.steps[..] else {
        panic!("one go");
    };
    let shapes: Vec<&str> = go
        .answers
        .values()
        .map(|answer| match answer {
            Answer::Text(_) => "text",
            Answer::Flag(_) => "flag",
            Answer::Number(_) => "number",
            Answer::Names(_) => "names",
            Answer::Place(_) => "place",
            Answer::Rows(_) => "rows",
        })
        .collect();
    assert_eq!(shapes, ["text", "flag", "number", "names", "place", "rows"]);
}

#[test]
fn a_visit_that_does_not_exist_names_those_that_do() {
    let error = Script::built_in("ski-trip").expect_err("no such visit");
    assert!(error.to_string().contains("unemployment"), "{error}");
    assert!(Expect::default().is_empty());
}
