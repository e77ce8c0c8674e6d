"""Live talk: rooms, messages, the writer and the hub."""
