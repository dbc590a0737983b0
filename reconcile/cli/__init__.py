"""The commands `cje reconcile …`."""
