"""Starting what the repository asks for: processes, and the rooms that they run in."""
