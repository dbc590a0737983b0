"""What does not fit: candidates narrowed by a query, judged one by one, proved, proposed for revocation."""
