"""The demo: a whole installation in a throw-away folder, two readers, one course, one minute."""
