"""Staff mode: what a host in the library may test, restart and switch off, behind a code."""
