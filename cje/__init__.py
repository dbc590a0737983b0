"""The ground that every room stands on, and the command that stands on every room.

Ground: `locales` (every sentence), `machine` (processes, caches), `local_page` (a page for one browser of
this machine), `progress`. Top: `cli` (the command `cje`), `demo` (the whole system on one machine).
Nothing is imported here, so that a till that starts loads only what it needs.
"""
