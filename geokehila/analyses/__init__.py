"""One module per question, of one shape: `asks(study)` says what it needs of the engine, `measure` makes its scores."""
