"""The nouns of the product: frozen, without behaviour that needs a port."""
