//! Opens, identifies, runs and heals one device on a thread of its own.
