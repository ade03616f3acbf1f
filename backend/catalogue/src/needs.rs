//! What an item needs at the kiosk, derived from its record: devices, identity, connection.
//!
//! Source: design, "What an item needs" and "Offline class of an item".

use serde::{Deserialize, Serialize};

use crate::record::{
    Field, FieldType, Identity, Item, KioskMode, Material, MaterialKind, Necessity, Prefill,
    StepRole, Supply,
};

/// Devices an item needs. What is not needed may be broken without greying the item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Devices {
    /// Reader of identity documents.
    pub id_card: bool,
    /// Scanner for papers to submit.
    pub scanner: bool,
    /// Camera for portraits of a given size.
    pub camera: bool,
    /// A4 printer, for the result only: without it the item can still be filed.
    pub document_printer: bool,
    /// Identity provider, or the lawful other way.
    pub identity_provider: bool,
}

/// What becomes of an item while the city cannot be reached; shown before the first question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OfflineClass {
    /// Nothing must be asked of the city.
    FilesOffline,
    /// An identity answer, shared data or a decision is missing: the case waits for it.
    FilesNowCheckedLater,
    /// Only the guide can be read.
    GuideOnly,
}

impl Item {
    /// The devices the item needs.
    #[must_use]
    pub fn devices(&self) -> Devices {
        let identity = self.kiosk.identity;
        let brought = |material: &&Material| must_be_brought(self, material);
        let reads = |material: &Material| material.supply == Supply::IdRead;
        Devices {
            id_card: identity >= Identity::IdCard || self.materials.iter().any(reads),
            scanner: self
                .materials
                .iter()
                .filter(brought)
                .any(|m| !is_portrait(m))
                || self
                    .form
                    .iter()
                    .any(|field| needs_file(field) && field.pixels().is_none()),
            camera: self.materials.iter().filter(brought).any(is_portrait)
                || self
                    .form
                    .iter()
                    .any(|field| needs_file(field) && field.pixels().is_some()),
            document_printer: self.result.kiosk_print,
            identity_provider: identity == Identity::IdCardFace,
        }
    }

    /// What becomes of the item while the city cannot be reached.
    ///
    /// A place that is booked on the spot (an instant item with choices of a service) cannot be
    /// promised without the service; nor can anything be printed or looked up.
    #[must_use]
    pub fn offline_class(&self) -> OfflineClass {
        let dynamic = self
            .form
            .iter()
            .any(|f| f.required && f.dynamic_options.is_some());
        match self.kiosk.mode {
            _ if !self.kiosk.supported => OfflineClass::GuideOnly,
            KioskMode::None | KioskMode::Query | KioskMode::Print => OfflineClass::GuideOnly,
            KioskMode::Full | KioskMode::Apply if dynamic && self.is_instant() => {
                OfflineClass::GuideOnly
            }
            KioskMode::Full | KioskMode::Apply if dynamic || self.asks_the_city() => {
                OfflineClass::FilesNowCheckedLater
            }
            KioskMode::Full | KioskMode::Apply => OfflineClass::FilesOffline,
        }
    }

    /// How sure the kiosk must be who stands before it.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.kiosk.identity
    }

    /// Whether a commitment may stand in for `material` in this item.
    #[must_use]
    pub fn allows_commitment(&self, material: &Material) -> bool {
        self.commitment.supported && material.commitment_allowed
    }

    /// Whether a commitment may stand in for any of its materials, or is one.
    #[must_use]
    pub fn takes_commitments(&self) -> bool {
        let mut materials = self.materials.iter();
        materials.any(|one| one.supply == Supply::Commitment || self.allows_commitment(one))
    }

    /// Whether identity, shared data or a decision must come from the city.
    fn asks_the_city(&self) -> bool {
        let shared = |field: &Field| matches!(field.prefill(), Some(Prefill::Share(_)));
        self.kiosk.identity == Identity::IdCardFace
            || self.materials.iter().any(|m| m.supply == Supply::Shared)
            || self.form.iter().any(shared)
            || self.steps.iter().any(|step| step.role == StepRole::System)
    }
}

fn must_be_brought(item: &Item, material: &Material) -> bool {
    material.supply == Supply::Submit
        && material.necessity == Necessity::Required
        && !item.allows_commitment(material)
}

fn is_portrait(material: &Material) -> bool {
    material.kind == MaterialKind::Picture
}

/// A file that the form requires: a portrait where it names pixels, else a scan.
fn needs_file(field: &Field) -> bool {
    field.field_type == FieldType::File && field.required
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Catalogue;
    use crate::sample::catalogue;

    fn named(catalogue: &Catalogue, zh: &str) -> Item {
        let item = catalogue.items().iter().find(|item| item.name.zh == zh);
        item.unwrap().as_ref().clone()
    }

    #[test]
    fn devices_follow_from_the_record() {
        let catalogue = catalogue();
        let devices = |zh| named(&catalogue, zh).devices();
        let instant = devices("失业登记");
        assert!(instant.id_card && instant.identity_provider && instant.document_printer);
        assert!(!instant.scanner && !instant.camera);
        assert!(
            !devices("个体工商户设立登记").scanner,
            "a commitment is allowed"
        );
        assert!(devices("法律援助申请").scanner);
        let residence = devices("居住证申领");
        assert!(
            residence.camera && !residence.scanner,
            "the address proof allows a commitment"
        );
        let licence = devices("机动车驾驶证期满换证");
        assert!(licence.camera && licence.scanner);
        let mut setup = named(&catalogue, "个体工商户设立登记");
        setup.commitment.supported = false;
        assert!(
            setup.devices().scanner,
            "the item takes no commitments, whatever its materials say"
        );
        assert_eq!(
            devices("公共法律服务咨询"),
            Devices {
                document_printer: true,
                ..Devices::default()
            }
        );
    }

    #[test]
    fn without_the_city_an_item_says_what_it_can() {
        let catalogue = catalogue();
        let class = |zh| named(&catalogue, zh).offline_class();
        assert_eq!(class("失业登记"), OfflineClass::FilesNowCheckedLater);
        assert_eq!(class("法律援助申请"), OfflineClass::FilesNowCheckedLater);
        assert_eq!(
            class("门诊慢特病病种待遇认定"),
            OfflineClass::FilesNowCheckedLater
        );
        assert_eq!(class("公共体育场馆公益时段预约"), OfflineClass::GuideOnly);
        assert_eq!(class("营业执照自助打印"), OfflineClass::GuideOnly);
        assert_eq!(class("居民身份证补领"), OfflineClass::GuideOnly);
        let mut item = named(&catalogue, "法律援助申请");
        item.kiosk.identity = Identity::IdCard;
        assert_eq!(item.offline_class(), OfflineClass::FilesOffline);
        item.kiosk.supported = false;
        assert_eq!(item.offline_class(), OfflineClass::GuideOnly);
    }
}
