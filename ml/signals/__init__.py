"""Streaming signal processing, one array for many people at a time ("lanes"). `live` is the door for the pipeline."""
