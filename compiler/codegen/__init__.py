"""From a group to the source of a loop nest."""
