"""Holding a model to what is measured: an ensemble filter over many patients at once, and whether to believe it.

    ensemble (variables, patients, members) float64: states, parameters and sensor biases alike

Each patient's members are drawn through the model; each measurement then moves every variable as far as its covariance
with the predicted measurement says (`ensemble_filter`). `consistency` tells whether innovations are as large and as
white as predicted, `bands` what may be said of a variable.
"""
