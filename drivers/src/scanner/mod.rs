//! Document scanners: eSCL over HTTP.
