"""What the figures mean and how they are compared and written: pure, without page and database."""
