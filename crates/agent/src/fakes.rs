//! Ports for tests. Fake ports, never a fake permit.
