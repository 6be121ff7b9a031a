"""Plugins for the whole test run; fixtures are in tests/conftest.py."""

pytest_plugins = ["pytester"]
