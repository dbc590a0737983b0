"""What a browser keeps to work without network: service workers, manifests."""
