"""The operator's page: journals handed in, tills, findings, totals, as a page for one browser.

uploads    uploaded files, written to the disk as they come
actions    what the page does, over the same import and report as the command line
views      what a person reads, as HTML without scripts
routes     which address does what
"""
