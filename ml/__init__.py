"""BodyLink's numerical work: signals, body model, scores. Pure Python and NumPy: no web framework, no database."""
