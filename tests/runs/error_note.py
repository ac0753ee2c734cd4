# requires: python>=3.11
error = ValueError("message")
error.add_note("a note")
raise error
