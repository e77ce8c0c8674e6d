"""What every package needs, and no domain: settings, database, encryption, events, errors."""
