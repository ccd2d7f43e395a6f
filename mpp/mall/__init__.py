"""The mall's description: agencies, services, counters, promises, hours, as dated versions."""
