"""The record of what was sent to whom, and the one state machine."""
