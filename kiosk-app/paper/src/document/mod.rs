//! A4 documents.
