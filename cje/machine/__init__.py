"""This machine, used well: its processors, and what earlier runs left on its disk.

crew      several processes at work on one list
child     a process of our own beside this one
ahead     another process that looks while this one still starts
sealed    caches that are safe to delete
seen      how to tell that a file was not touched
collector Python's collector of garbage, out of the way

Nothing here knows what the files or the lists are about; everything here starts in milliseconds.
"""
