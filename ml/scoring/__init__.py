"""Scores of a person's condition: NEWS2, the learned risk of deterioration, the personal baseline."""
