"""Signing, and all that is secret: keys, register, campaigns, issuing, cards, trust lists, revocation.

Every function takes its clock, passphrase and randomness as arguments; files are written through `Disk`.

    from issuer import campaign, enrolment_csv, issue, keyfile, state

    made = state.create(folder, operator="…", passphrase=b"…", now=now, demo=True, cost=keyfile.NOMINAL)
    made = state.open_state(folder)
    people = enrolment_csv.read_people(csv_file, programmes, today)         # or build `people.Enrolment`
    chosen = campaign.read_campaign(toml_file, catalogue)                    # or `campaign.build_campaign`
    report = issue.issue(made, catalogue, chosen, people, out=public, passphrase=b"…", now=now, links=csv)
    report.cards[0].link, .code, .number, .vouchers                          # `file` is below `public`
    stock.import_codes(made, offer, codes, now)                              # before issuing, where one each
    renewal.renew_lists(…), renewal.publish(…), withdrawal.revoke_person(…), root_rotation.rotate_trust(…)
    made.root_file                                                           # the anchor for tills

    state            the folder: keys, register, root           keyfile, signer   a secret at rest and in use
    register, schema the database                               audit             the log that shows any edit
    people, enrolment_csv, enrolment, campaign, eligibility     who gets what
    issue            decide, then make                          grants, stock     what was decided
    shelf, plate, packing, cards, seal   one person's card       trust_lists, revocation   one partner's list
    publishing       what is put in public/                     disk              whole files or none
    derive           all that is drawn, from one secret         cli               `cje issuer`
    handover          letters, texts, screens       desk, actions     the counsellors' page, and undo
"""
