"""The lab: real servers on loopback for tests and the demonstration. See README.md."""
