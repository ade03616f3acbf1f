//! From one bundle to the next: what changed, instead of the whole.
//!
//! An increment carries the signature of the bundle it leads to. A kiosk applies it to the bundle it holds, writes the
//! outcome canonically and checks that signature: an increment that is forged, damaged or made for another bundle gives
//! bytes the city never signed, and the kiosk fetches the whole bundle instead.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bundle::{BadBundle, Bundle, SignedBundle};
use crate::canonical;
use crate::keys::{Signature, SigningPublic};

/// What leads from one version of the bundle to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Increment {
    /// Version it is applied to.
    pub from: u64,
    /// Version it leads to.
    pub version: u64,
    /// What changed.
    pub change: Delta,
    /// The city's signature over the canonical bytes of that version, base64.
    pub signature: String,
}

/// A change of one JSON value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Delta {
    /// Nothing changed.
    Same {},
    /// Another value.
    To {
        /// The value.
        value: Value,
    },
    /// Some fields of an object.
    Fields {
        /// Fields that are gone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gone: Vec<String>,
        /// Fields that are new or changed.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        parts: BTreeMap<String, Delta>,
    },
    /// Some places of a list.
    Places {
        /// Its new length; what is beyond it is gone.
        length: usize,
        /// Places that are new or changed.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        parts: BTreeMap<usize, Delta>,
    },
}

/// An increment does not lead to a bundle of the city; the whole one is fetched instead.
#[derive(Debug, thiserror::Error)]
pub enum BadIncrement {
    /// It is for another version than the one held.
    #[error("applying an increment: it is for version {from}, held is {held}")]
    OtherVersion {
        /// Version it is for.
        from: u64,
        /// Version held.
        held: u64,
    },
    /// It changes what is not there.
    #[error("applying an increment: it does not fit the bundle held")]
    NoFit,
    /// It is not JSON, or its signature cannot be read.
    #[error("reading an increment")]
    Unreadable,
    /// What it leads to is not signed by the city.
    #[error("checking what an increment leads to")]
    Bundle(#[from] BadBundle),
}

impl Increment {
    /// What leads from `old` to `new`, whose signature is `signature`.
    ///
    /// # Errors
    /// When a bundle cannot be written as JSON.
    pub fn between(
        old: &Bundle,
        new: &Bundle,
        signature: &Signature,
    ) -> Result<Self, serde_json::Error> {
        let (before, after) = (serde_json::to_value(old)?, serde_json::to_value(new)?);
        Ok(Self {
            from: old.version,
            version: new.version,
            change: delta(&before, &after),
            signature: signature.to_string(),
        })
    }

    /// The bundle it leads to from `held`, checked.
    ///
    /// # Errors
    /// [`BadIncrement`]: the kiosk keeps what it holds and fetches the whole bundle.
    pub fn apply(
        self,
        held: &Bundle,
        city: &SigningPublic,
    ) -> Result<(SignedBundle, Bundle), BadIncrement> {
        if self.from != held.version {
            return Err(BadIncrement::OtherVersion {
                from: self.from,
                held: held.version,
            });
        }
        let before = serde_json::to_value(held).map_err(|_| BadIncrement::Unreadable)?;
        let after = changed(before, self.change)?;
        let signed = SignedBundle {
            bytes: canonical::to_vec(&after).map_err(|_| BadIncrement::Unreadable)?,
            signature: self
                .signature
                .parse()
                .map_err(|_| BadIncrement::Unreadable)?,
        };
        let bundle = signed.verify(city, Some(held.version))?;
        Ok((signed, bundle))
    }
}

fn delta(old: &Value, new: &Value) -> Delta {
    match (old, new) {
        (old, new) if old == new => Delta::Same {},
        (Value::Object(old), Value::Object(new)) => Delta::Fields {
            gone: old
                .keys()
                .filter(|key| !new.contains_key(*key))
                .cloned()
                .collect(),
            parts: new
                .iter()
                .filter(|(key, value)| old.get(*key) != Some(value))
                .map(|(key, value)| (key.clone(), part(old.get(key), value)))
                .collect(),
        },
        (Value::Array(old), Value::Array(new)) => Delta::Places {
            length: new.len(),
            parts: new
                .iter()
                .enumerate()
                .filter(|(at, value)| old.get(*at) != Some(value))
                .map(|(at, value)| (at, part(old.get(at), value)))
                .collect(),
        },
        (_, new) => Delta::To { value: new.clone() },
    }
}

fn part(old: Option<&Value>, new: &Value) -> Delta {
    match old {
        Some(old) => delta(old, new),
        None => Delta::To { value: new.clone() },
    }
}

/// The value after a change. Depth is bounded by the reader of the increment.
fn changed(old: Value, change: Delta) -> Result<Value, BadIncrement> {
    match (change, old) {
        (Delta::Same {}, old) => Ok(old),
        (Delta::To { value }, _) => Ok(value),
        (Delta::Fields { gone, parts }, Value::Object(mut fields)) => {
            for key in gone {
                fields.remove(&key).ok_or(BadIncrement::NoFit)?;
            }
            change_fields(&mut fields, parts)?;
            Ok(Value::Object(fields))
        }
        (Delta::Places { length, parts }, Value::Array(mut places)) => {
            places.truncate(length);
            for (at, change) in parts {
                if at == places.len() {
                    places.push(changed(Value::Null, change)?);
                    continue;
                }
                let place = places.get_mut(at).ok_or(BadIncrement::NoFit)?;
                *place = changed(place.take(), change)?;
            }
            if places.len() != length {
                return Err(BadIncrement::NoFit);
            }
            Ok(Value::Array(places))
        }
        (Delta::Fields { .. } | Delta::Places { .. }, _) => Err(BadIncrement::NoFit),
    }
}

fn change_fields(
    fields: &mut Map<String, Value>,
    parts: BTreeMap<String, Delta>,
) -> Result<(), BadIncrement> {
    for (key, change) in parts {
        let old = fields.remove(&key).unwrap_or(Value::Null);
        fields.insert(key, changed(old, change)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::keys::{CityKeys, DeviceKey as _, SealingIdentity, SoftwareKey};

    fn bundle(
        city: &SoftwareKey,
        keys: &CityKeys,
        version: u64,
        catalogue: Value,
    ) -> (Bundle, Signature) {
        let bundle = Bundle {
            version,
            issued: "2026-03-02T09:15:00+08:00".parse().unwrap(),
            city_keys: keys.clone(),
            documents: BTreeMap::from([("catalogue".to_owned(), catalogue)]),
        };
        let signature = bundle.sign(city).unwrap().signature;
        (bundle, signature)
    }

    fn city() -> (SoftwareKey, CityKeys) {
        let city = SoftwareKey::from_seed(&[3; 32]);
        let keys = CityKeys {
            sealing_current: SealingIdentity::generate().public(),
            sealing_next: None,
            signing: city.public(),
        };
        (city, keys)
    }

    #[test]
    fn a_kiosk_takes_what_changed_and_holds_what_the_city_signed() {
        let (city, keys) = city();
        let (old, _) = bundle(
            &city,
            &keys,
            7,
            json!({"items": [{"a": 1}, {"b": 2}], "x": 1}),
        );
        let (new, signature) = bundle(
            &city,
            &keys,
            8,
            json!({"items": [{"a": 1}, {"b": 3}, {"c": 4}]}),
        );
        let increment = Increment::between(&old, &new, &signature).unwrap();
        let text = serde_json::to_string(&increment).unwrap();
        let read: Increment = serde_json::from_str(&text).unwrap();
        let (signed, taken) = read.apply(&old, &city.public()).unwrap();
        assert_eq!(taken, new);
        assert_eq!(signed, new.sign(&city).unwrap());
    }

    #[test]
    fn an_increment_for_another_bundle_or_changed_on_the_way_is_refused() {
        let (city, keys) = city();
        let (old, _) = bundle(&city, &keys, 7, json!({"items": [1, 2]}));
        let (new, signature) = bundle(&city, &keys, 8, json!({"items": [1]}));
        let increment = Increment::between(&old, &new, &signature).unwrap();
        let (other, _) = bundle(&city, &keys, 6, json!({"items": [1, 2]}));
        let applied = increment.clone().apply(&other, &city.public());
        assert!(matches!(
            applied,
            Err(BadIncrement::OtherVersion { from: 7, held: 6 })
        ));
        let (alike, _) = bundle(&city, &keys, 7, json!({"items": [9, 2]}));
        let applied = increment.clone().apply(&alike, &city.public());
        assert!(matches!(
            applied,
            Err(BadIncrement::Bundle(BadBundle::Forged(_)))
        ));
        let mut altered = increment.clone();
        altered.change = Delta::Same {};
        assert!(altered.apply(&old, &city.public()).is_err());
        let mut far = increment;
        far.change = Delta::Places {
            length: usize::MAX,
            parts: BTreeMap::new(),
        };
        assert!(matches!(
            far.apply(&old, &city.public()),
            Err(BadIncrement::NoFit)
        ));
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0_u32..4).prop_map(Value::from),
            "[ab]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[abc]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_changed_is_what_comes_out(old in json_value(), new in json_value()) {
            let change = delta(&old, &new);
            let text = serde_json::to_string(&change).unwrap();
            let change: Delta = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(changed(old, change).unwrap(), new);
        }
    }
}
