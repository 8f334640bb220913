"""A pytest plugin of `make notebooks`: kernels are spoken to through files, never through ports.

A kernel's manager picks its free ports and lets go of them before the kernel takes them; in between another
process may, and the notebook then fails for nothing that it says.
"""

from __future__ import annotations

import tempfile
from functools import partialmethod

from nbclient import NotebookClient
from traitlets.config import Config

FILES = tempfile.TemporaryDirectory()
KERNELS = Config({"KernelManager": {"transport": "ipc", "ip": f"{FILES.name}/kernel"}})

NotebookClient.__init__ = partialmethod(NotebookClient.__init__, config=KERNELS)  # type: ignore[method-assign,assignment]
