"""The commands `cje offers …`."""
