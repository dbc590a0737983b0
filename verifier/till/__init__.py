"""A till on a disk: its journal, its folder, and the ways to reach it.

till, folder, default_folder, key, trust_files   the till as an integrator opens it, and its folder
journal, merge, retention, repair                rows and their chain; neighbours' exports; what may go
database, sqlite, postgresql                     where a journal is kept: a file, or a server for a shop
cli, journal_commands, options, printing         the command line
pairing, scan_stream, http_api, counter/, image  set-up text, a stream of scans, HTTP and its page, a photo
"""
