"""Which pages a catalogue has and what each of them says, before any HTML."""
