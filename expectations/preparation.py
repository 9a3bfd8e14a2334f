"""What has to be so before Great Expectations is imported: it tells nobody of its use, and what it imports for
expectations that no rule makes is loaded only if they are made."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.util import LazyLoader, find_spec, module_from_spec


def defer(name: str) -> None:
    """Puts a module in place unloaded; it loads itself when one of its attributes is first asked for. Does nothing
    where it is loaded already, or cannot be found."""
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(importlib.import_module(parent), own, module)  # `from parent import own` looks there first


os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
defer("scipy.stats")  # a quarter of the time of the import
defer("altair")  # a twentieth; draws what no rule shows
