"""An independent oracle: the draw of SPECIFICATION.md in plain Python, from that page alone.

Slow on purpose and free of the engine's code: `model.random_model` invents a model,
`step.simulate` runs one draw of it, child by child.
"""
