"""Groups, their contacts, and the rules every recipient meets."""
