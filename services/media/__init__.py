"""What can be read of the files people share."""
