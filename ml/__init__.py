"""BodyLink's numerical work: signals, body model, scores. Pure Python and NumPy; knows no web framework and no database."""
