"""One person's card: who gets which offer, the vouchers, the sealed file; on one machine or many."""
