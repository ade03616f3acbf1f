//! Who works for the city: roles, which of them one person may hold, sessions and lock-out.

use serde::{Deserialize, Serialize};

closed_list! {
    /// What an account may do.
    StaffRole {
        /// 系统管理员: makes and closes accounts, without rights of their own.
        System = "system",
        /// 安全管理员: gives and takes roles, unlocks.
        Security = "security",
        /// 审计员: reads what happened.
        Audit = "audit",
        /// 综合窗口: accepts, asks for supplements, hands over.
        Window = "window",
        /// Handles the steps of its body.
        Officer = "officer",
        /// Decides.
        Approver = "approver",
        /// Watches clocks and queues, routes by hand, keeps training records.
        Supervisor = "supervisor",
    }
}

impl StaffRole {
    /// The role of this name; None when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == name)
    }
}

/// Accounts and sessions (`specs/domain.md` 6.2, R49).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StaffPolicy {
    /// Roles that one account may hold together; every other pair is kept apart.
    pub together: Vec<Vec<StaffRole>>,
    /// Roles that need a valid training record.
    pub trained: Vec<StaffRole>,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Minutes after which a session ends in any case.
    pub session_minutes: u32,
    /// Wrong tries in a row that lock nothing yet.
    pub free_tries: u32,
    /// Seconds of the first lock; each further wrong try doubles it.
    pub lock_seconds: u32,
    /// Seconds of the longest lock.
    pub most_lock_seconds: u32,
    /// Fewest characters of a password.
    pub password_characters: u32,
}

impl Default for StaffPolicy {
    fn default() -> Self {
        Self {
            together: vec![vec![StaffRole::Officer, StaffRole::Approver]],
            trained: vec![StaffRole::Window],
            idle_minutes: 30,
            session_minutes: 12 * 60,
            free_tries: 5,
            lock_seconds: 60,
            most_lock_seconds: 24 * 3600,
            password_characters: 10,
        }
    }
}

impl StaffPolicy {
    /// Whether one account may hold these roles: a single one, or all of one list of [`StaffPolicy::together`].
    #[must_use]
    pub fn allows(&self, roles: &[StaffRole]) -> bool {
        let all_alike = roles.windows(2).all(|pair| pair.first() == pair.last());
        all_alike
            || self
                .together
                .iter()
                .any(|set| roles.iter().all(|role| set.contains(role)))
    }

    /// Seconds an account is locked after so many wrong tries in a row; 0 while it is not.
    #[must_use]
    pub fn lock_after(&self, wrong: u32) -> u32 {
        let Some(doublings) = wrong.checked_sub(self.free_tries.saturating_add(1)) else {
            return 0;
        };
        let factor = 1_u32.checked_shl(doublings).filter(|_| doublings < 31);
        let seconds = factor.map_or(u32::MAX, |factor| self.lock_seconds.saturating_mul(factor));
        seconds.min(self.most_lock_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::{StaffPolicy, StaffRole};

    #[test]
    fn who_keeps_the_system_neither_gives_rights_nor_audits_nor_handles() {
        let policy = StaffPolicy::default();
        for one in StaffRole::ALL {
            for other in StaffRole::ALL {
                let pair = [*one, *other];
                let both_of = |a, b| pair.contains(&a) && pair.contains(&b);
                let together = one == other || both_of(StaffRole::Officer, StaffRole::Approver);
                assert_eq!(policy.allows(&pair), together, "{pair:?}");
            }
        }
        assert!(policy.allows(&[]));
    }

    #[test]
    fn every_wrong_try_after_the_free_ones_doubles_the_lock_up_to_a_day() {
        let policy = StaffPolicy::default();
        let locks: Vec<u32> = (0..9).map(|wrong| policy.lock_after(wrong)).collect();
        assert_eq!(locks, [0, 0, 0, 0, 0, 0, 60, 120, 240]);
        for wrong in [20, 36, 37, 38, 70, u32::MAX] {
            assert_eq!(policy.lock_after(wrong), 24 * 3600, "{wrong}");
        }
    }
}
