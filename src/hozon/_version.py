"""The version of the package, read by the build and by `hozon --version`."""

__version__ = "0.1.0"
"""The version of this release, by semantic versioning."""
