"""Every measure beside an independent system on the same input: what ``docs/validation.md`` tells."""
