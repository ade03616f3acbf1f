//! How the fictional departments decide: conditions on registers, read from `decisions.json`.

use serde::Deserialize;
use serde_json::Value;

use city_api::requests::{Private, Words};

use super::registers::{Entry, Registers};
use crate::departments::StepAnswer;

/// Rules by basic code of the item. An item without a rule is granted: its check has nothing to look up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decisions {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    item: String,
    #[serde(rename = "name")]
    _name: String,
    conditions: Vec<Condition>,
}

/// One condition; the first that does not hold refuses with its words.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Condition {
    dataset: String,
    /// A record must be there (true) or must not (false).
    record: Option<bool>,
    /// The field that is looked at.
    field: Option<String>,
    /// Some record's field must be this.
    is: Option<Value>,
    /// No record's field may be this.
    is_not: Option<Value>,
    /// Some record's field must begin with this.
    starts_with: Option<String>,
    otherwise: Words,
}

impl Decisions {
    /// Reads the file.
    pub(super) fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Decides a step of the item for a person. Without a person nothing can be looked up: granted.
    pub(super) fn decide(
        &self,
        item: &str,
        id_number: Option<&str>,
        registers: &Registers,
    ) -> StepAnswer {
        let rule = self.rules.iter().find(|rule| rule.item == item);
        let (Some(rule), Some(id_number)) = (rule, id_number) else {
            return granted(Vec::new());
        };
        let mut facts = Vec::new();
        for condition in &rule.conditions {
            let records = registers
                .of(&condition.dataset, id_number)
                .unwrap_or_default();
            if !condition.holds(&records) {
                return StepAnswer {
                    granted: false,
                    reason: condition.otherwise.clone(),
                    facts: Vec::new(),
                };
            }
            facts.extend(condition.fact(&records));
        }
        granted(facts)
    }
}

fn granted(facts: Vec<(String, Private)>) -> StepAnswer {
    StepAnswer {
        granted: true,
        reason: Words::new("符合条件", "The conditions are met"),
        facts,
    }
}

impl Condition {
    fn holds(&self, records: &[&Entry]) -> bool {
        let values = || {
            let field = self.field.as_deref().unwrap_or_default();
            records.iter().filter_map(move |record| record.get(field))
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.record
            .is_none_or(|wanted| wanted != records.is_empty())
            && self
                .is
                .as_ref()
                .is_none_or(|wanted| values().any(|value| value == wanted))
            && self
                .is_not
                .as_ref()
                .is_none_or(|banned| values().all(|value| value != banned))
            && self.starts_with.as_ref().is_none_or(|start| {
                values()
                    .filter_map(text)
                    .any(|value| value.starts_with(start))
            })
    }

    /// What the result document tells: the data set and the state found there.
    fn fact(&self, records: &[&Entry]) -> Option<(String, Private)> {
        let value = match (self.field.as_deref(), records.first()) {
            (Some(field), Some(record)) => record.get(field)?.as_str()?.to_owned(),
            (None, Some(_)) => "有记录".to_owned(),
            (_, None) => "无记录".to_owned(),
        };
        Some((self.dataset.clone(), Private::new(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DECISIONS, REGISTERS};
    use super::{Decisions, Registers};

    const ZHANG: &str = "590102199002150015";
    const LI: &str = "590102198507310024";

    fn city() -> (Decisions, Registers) {
        (
            Decisions::parse(DECISIONS).unwrap(),
            Registers::parse(REGISTERS).unwrap(),
        )
    }

    #[test]
    fn unemployment_is_registered_only_for_who_has_no_work() {
        let (decisions, registers) = city();
        let yes = decisions.decide("592014003000", Some(ZHANG), &registers);
        assert!(yes.granted);
        assert_eq!(yes.facts[0].0, "劳动用工备案库");
        let no = decisions.decide("592014003000", Some(LI), &registers);
        assert!(!no.granted);
        assert!(no.reason.zh.contains("在职") && no.reason.en.contains("employed"));
    }

    #[test]
    fn every_rule_grants_somebody_and_refuses_somebody() {
        let (decisions, registers) = city();
        for rule in &decisions.rules {
            let yes = decisions.decide(&rule.item, Some(ZHANG), &registers);
            assert!(yes.granted, "{}: {}", rule.item, yes.reason.zh);
            let people = registers
                .phones
                .iter()
                .map(|phone| phone.id_number.as_str());
            let refused =
                people.filter(|id| !decisions.decide(&rule.item, Some(id), &registers).granted);
            assert!(refused.count() > 0, "{} refuses nobody", rule.item);
        }
    }

    #[test]
    fn an_item_without_a_rule_or_person_is_granted() {
        let (decisions, registers) = city();
        assert!(decisions.decide("592012001000", None, &registers).granted);
        assert!(
            decisions
                .decide("590000000000", Some(LI), &registers)
                .granted
        );
    }
}
