"""How brokers are told who a device is and what it may do: one module per kind of broker. No Django here."""
