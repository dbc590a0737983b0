"""How an activation code reaches its holder: a text, a screen, a letter, a sheet of cards.

opening     who is handed what: codes and links of chosen people, derived from the register
texting     one SMS a person, counted as an operator counts it
letters     letters and card sheets in PDF (Typst, tagged, PDF/UA-1)
screen      a QR code in a terminal
cli         `cje issuer letters`, `links`, `show`
"""
