"""The operator's page: journals handed in, tills, findings, totals, as a `local_page`.

intake     uploaded files, written to the disk as they come
office     what the page does, over the same import and report as the command line
pages      what a person reads, as HTML without scripts
app        which address does what
"""
