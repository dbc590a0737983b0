"""`cje demo`: all rooms at work on one machine, in a temporary folder. The composition root; nobody imports it.

    world    content -> site, keys, vouchers, trust lists, as an operator would
    phone    a young person's phone, in Python
    trial    the whole path over HTTP, from an activation code to the verdicts
    cli      the command
"""
