"""What a terminal does without a page: key, line, outbox, printing, agent."""
