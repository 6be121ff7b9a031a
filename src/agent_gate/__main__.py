"""`python -m agent_gate`."""

from agent_gate.cli import main

raise SystemExit(main())
