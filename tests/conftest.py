"""Telemetry off before any test module imports what might send it."""

from __future__ import annotations

import os

os.environ |= {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "GX_ANALYTICS_ENABLED": "false"}
