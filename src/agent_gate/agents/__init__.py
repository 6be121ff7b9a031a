"""Coding agents: one module an agent's command line, behind one small interface."""
