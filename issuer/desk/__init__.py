"""The counsellor's page, on the counsellor's own machine: `cje desk`. It is a `local_page`.

lock         the secret of codes, open for a while after the passphrase
listing      finding people in the register
imports      a CSV between its preview and its confirmation
publishing   making the cards that wait, and putting them beside the site
forms        what a form says about a person; the pages themselves are drawn by desk.pages
app          which address does what
cli          `cje desk`
"""
