"""A made-up community to look around in, on a database of its own."""
