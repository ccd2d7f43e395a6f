"""People and devices: accounts, signing in, pairing, and the record of what they did."""
