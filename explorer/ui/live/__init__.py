"""The live part of a page: the socket, its frames, and the component that draws."""
