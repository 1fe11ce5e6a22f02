"""What Python people use today, measured with the same mail, the same sink and as many processes."""
