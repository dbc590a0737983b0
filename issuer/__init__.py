"""Signing, and all that is secret: keys, register, campaigns, issuing, cards, trust lists, revocation.

Every function takes its clock, passphrase and randomness as arguments; files are written through `Disk`.

    from issuer.decisions import enrolment_csv
    from issuer.keys import keyfile
    from issuer.publishing import issue
    from issuer.register import campaign, vault

    vault.create(folder, operator="…", passphrase=b"…", now=now, demo=True, cost=keyfile.NOMINAL)
    opened = vault.open_state(folder)
    people = enrolment_csv.read_people(csv_file, programmes, today)         # or build `people.Enrolment`
    chosen = campaign.read_campaign(toml_file, catalogue)                    # or `campaign.build_campaign`
    report = issue.issue(opened, catalogue, chosen, people, out=public, passphrase=b"…", now=now, links=csv)
    report.cards[0].link, .code, .number, .vouchers                          # `file` is below `public`
    opened.root_file                                                         # the anchor for tills

    keys/        secrets at rest and in use, all that is drawn from one secret, the root ceremony
    register/    the vault's folder, its database, the audit log that shows any edit
    cards/       what one person's card holds, sealed; one machine or a cluster
    decisions/   enrolment, corrections, revocation, erasure, rotation of keys and roots
    handover/    letters, texts, screens
    publishing/  decide, then make; one partner's list; what is put in public/
    desk/        the counsellors' page on this machine
    cli/         the commands `cje issuer …`
"""
