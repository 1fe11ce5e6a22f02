"""The built-in mailbox of development: an SMTP server on loopback that keeps every mail, and pages that show them."""
