"""What a browser or another program sees: pages, live streams, the API."""
