"""The outside world: each adapter takes and gives plain values and knows nothing of the books."""
