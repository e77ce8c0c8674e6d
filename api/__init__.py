"""JSON under /api/v1 and the live socket."""
