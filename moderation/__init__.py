"""Looking after people: screening, cases, decisions, help."""
