"""THE COUNSELLOR: what a counsellor's own pages stand on, without any of the issuer's keys.

pages/   frame, templates and styles of the pages, the tokens of their forms, lists in pages
"""
