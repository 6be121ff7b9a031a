"""Where issues live: Beads, or an embedded tracker with the same semantics; and how findings get there."""
