"""Charts: one figure per file, static, made offline; altair is imported only when one is drawn."""
