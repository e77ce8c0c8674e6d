"""Who might understand whom, and why."""
