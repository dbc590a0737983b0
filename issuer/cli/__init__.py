"""The commands `cje issuer …`."""
