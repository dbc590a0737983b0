"""A page for one person on this machine: the counsellors' desk and the operator's reconciliation stand on it.

It listens on loopback only, lets in one browser, once, and takes forms of its own alone.
"""
