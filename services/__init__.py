"""What the product knows. Imports none of our other packages; asks the ports for what it lacks."""
