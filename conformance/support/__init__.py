"""What the tests share: the real binary, real clients, a presigner of our own, raw sockets."""
