//! Whole-system tests: visits, faults, peers, tidy
