### Sentences that are stored, or that many places say: looked up by their English text.
