"""The methods, one file for each family."""
