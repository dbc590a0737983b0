"""`cje demo`: all rooms at work on one machine. The composition root; nobody imports it but the front door.

world    content -> site, keys, vouchers, trust lists, as an operator would
phone    a young person's phone, in Python
trial    the whole path over HTTP, from an activation code to the verdicts
town     an invented town's journals with planted faults, for reconciliation; town_shop, _till, _people, _keys
cli      the command
"""
