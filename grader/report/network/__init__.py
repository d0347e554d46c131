"""A problem's network as a graph, and the way of a mistake through it: what pages and the terminal draw."""
