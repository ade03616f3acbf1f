//! Slips, forms and result documents as pictures and PDF, pure
