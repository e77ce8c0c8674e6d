"""The program: where the parts are joined."""
