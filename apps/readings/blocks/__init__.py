"""How merged frames are kept: a quarter of an hour of one device as a few columns, each compressed by itself, without
loss. `docs/decisions/0009-merged-blocks.md` has the reasons and the figures.

`integers` and `floats` are the codec of a column; `waves` and `values` say which columns a block has.
"""
