"""What the model knows before it sees an authority: constants and rates, made from official files."""
