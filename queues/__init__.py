"""What a queue is: tickets, lines, waiting and time. Pure Python, no framework, no I/O."""
