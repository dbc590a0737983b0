"""From the folder `content/` to a catalogue: files, validation, the cache of what did not change, history."""
