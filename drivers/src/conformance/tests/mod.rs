//! The suites against the simulators: good devices pass, broken ones fail the right check.
