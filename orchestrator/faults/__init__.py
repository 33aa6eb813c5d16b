"""What breaks things: each fault is a small piece that a scenario composes."""
