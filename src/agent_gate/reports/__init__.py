"""The verdict in each format that people and tools read; one module a format."""
