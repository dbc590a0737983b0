"""Use of the machine: forked processes, caches on disk and Python's garbage collector.

process_pool  map a function over a list in forked workers
fork          one forked process with a pipe to its parent
prefetch      one function that runs in a fork while this process still imports
cache_file    JSON caches with a checksum, which can be deleted at any time
file_stamp    size, times and inode of files, to detect changes without reading them
gc_pause      a pause of the garbage collector

These modules know nothing of the content of the files and lists. Each imports in a few milliseconds.
"""
