"""Holds the locked requirements against the known holes of their packages, where the database of these can be reached.

Run: python .ci/audit.py PIP_AUDIT REQUIREMENTS…. Ends with 1 where one has a known hole. A package that could not be
looked up is no package without holes: how many were is said, and it is no failure, for CI may stand behind a mirror
that has no such database.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def audit(pip_audit: str, requirements: list[str]) -> list[dict[str, Any]] | None:
    """What pip-audit tells of each package; None where it reached no database at all."""
    files = [word for file in requirements for word in ("--requirement", file)]
    command = [pip_audit, "--format", "json", "--progress-spinner", "off", "--disable-pip", "--require-hashes", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
        return packages
    except (ValueError, KeyError):
        return None


def main() -> None:
    pip_audit, *requirements = sys.argv[1:]
    packages = audit(pip_audit, requirements)
    looked_up = [package for package in packages or () if "vulns" in package]
    if not looked_up:
        print("ci: the database of known holes cannot be reached, so the requirements were not audited")
        return
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
        for package in looked_up
        for hole in package["vulns"]
    ]
    print(f"ci: {len(looked_up)} of {len(packages or ())} packages looked up, {len(holes)} known holes")
    if holes:
        sys.exit("\n".join(holes))


if __name__ == "__main__":
    main()
