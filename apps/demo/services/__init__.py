"""PostgreSQL, Valkey and an MQTT broker out of wheels, and the supervisor that keeps them and BodyLink's own processes.

No Django here: this package runs before settings can exist, because it makes the URLs that the settings need.
"""
