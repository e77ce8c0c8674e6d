"""Accounts and what is true of them everywhere: sign-in, roles, blocks, consent, audit, notices."""
