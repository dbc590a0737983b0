"""The output folder and its files: staging, security policy, assets, media types, compressed copies."""
