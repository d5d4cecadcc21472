"""For whoever watches knowbot: health, metrics, logs."""
