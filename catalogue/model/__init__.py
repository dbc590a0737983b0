"""Offers, partners, campaigns and the texts of the site as typed objects: what each field may hold."""
