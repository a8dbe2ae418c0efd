"""The public page on which anybody has a proof, or an archive, checked by the installation."""
