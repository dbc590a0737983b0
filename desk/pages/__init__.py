"""Pages for a counsellor: the vault's page in issuer/desk/ is served with them.

rendering, templates/, desk.css   templates with the counsellor's words; nothing runs in the page
tokens                            one-time tokens of forms
paging                            a long list, a page at a time
navigation                        the language asked for, and where a form leads
"""
