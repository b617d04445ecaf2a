"""One person's data in every room: told whole, handed over, erased (GDPR, articles 15, 17, 20).

Each room tells and erases its own; whose the data are is for a director to say: names alike
are not one person.
"""
