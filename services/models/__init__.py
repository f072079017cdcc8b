"""The ChatModel and Prices ports over the two providers' SDKs, and the choice between models."""
