"""What is kept of a password, as it is shipped."""

import argon2
import quick_hashes


def test_passwords_are_hashed_by_argon2id_with_what_rfc_9106_asks_for_at_least() -> None:
    kept = argon2.extract_parameters(quick_hashes.AS_SHIPPED.hash("nine purple otters knitting"))
    assert kept.type is argon2.Type.ID
    # RFC 9106, section 4, second recommended option: three passes over 64 MiB, four lanes.
    assert min(kept.time_cost / 3, kept.memory_cost / 65_536, kept.parallelism / 4) >= 1
    assert (kept.salt_len, kept.hash_len) >= (16, 32)


def test_a_hash_fits_its_password_and_no_other() -> None:
    kept = quick_hashes.AS_SHIPPED.hash("nine purple otters knitting")
    assert quick_hashes.AS_SHIPPED.verify("nine purple otters knitting", kept)
    assert not quick_hashes.AS_SHIPPED.verify("nine purple otters knitting!", kept)
