"""Pages for administrators: the mall, agencies, people, devices, sources, audit."""
