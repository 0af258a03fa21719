"""Train the encoder that finds mentions."""
