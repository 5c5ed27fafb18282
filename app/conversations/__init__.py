"""The live call: messages, room, sockets, the captions' fan-out and the call client."""
