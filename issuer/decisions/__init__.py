"""What an operator or counsellor decides: enrol, correct, revoke, erase, rotate keys and roots."""
