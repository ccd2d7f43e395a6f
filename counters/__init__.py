"""What a counter is: its states and what happens at it. Pure Python; may import queues."""
