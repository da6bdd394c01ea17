"""What the city page is made of: its data, packed, and the markup, style and scripts that show them."""
