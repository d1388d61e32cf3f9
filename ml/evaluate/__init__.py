"""Accuracy on real recordings, one task each: `python -m ml.evaluate TASK --data DIR --json`. `tasks` lists them."""
