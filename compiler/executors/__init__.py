"""Running a plan without compiling it."""
