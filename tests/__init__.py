"""Tests: the tree mirrors the product; rules hold properties, contract holds promises to the outside."""
