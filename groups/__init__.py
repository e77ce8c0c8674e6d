"""Groups: their card, their people, their room."""
