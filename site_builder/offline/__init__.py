"""Offline use in browsers: service workers and web app manifests."""
