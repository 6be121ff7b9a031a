"""The policy of a base, kept: deriving it costs more than all the rest of a cached run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from agent_gate.findings import Severity
from agent_gate.gate.own_code import own_code
from agent_gate.policy import policy_key
from agent_gate.policy.model import Kind, Policy, Rule, Source

if TYPE_CHECKING:
    from agent_gate.changes.model import Snapshot
    from agent_gate.gate.store import Store


def kept_policy(store: Store, of: str) -> Policy | None:
    """The policy that is kept under a tree, or under `policy_key`."""
    body = store.get(_key(of))
    if body is None:
        return None
    data = json.loads(body)
    return Policy(tuple(_rule(row) for row in data["rules"]), tuple(data["files"]), data["hash"])


def keep_policy(store: Store, base: Snapshot, policy: Policy) -> None:
    """Keep the policy of this base, under its tree and under what it is made from.

    Raises:
        OSError: the store cannot be written.
    """
    rules = [
        [getattr(rule, item.name) if item.name not in {"source", "params"} else None for item in fields(Rule)]
        + [[rule.source.path, rule.source.line, rule.source.text], dict(rule.params)]
        for rule in policy.rules
    ]
    body = json.dumps({"rules": rules, "files": policy.files, "hash": policy.hash}).encode()
    for key in (base.tree, policy_key(base)):
        store.put(_key(key), body)


def _rule(row: list[Any]) -> Rule:
    *plain, source, params = row
    values = dict(zip((item.name for item in fields(Rule)), plain, strict=True))
    values |= {"source": Source(*source), "params": MappingProxyType(params)}
    values |= {
        "kind": Kind(values["kind"]),
        "severity": Severity(values["severity"]),
        "scope": tuple(values["scope"]),
    }
    return Rule(**values)


def _key(of: str) -> str:
    return hashlib.sha256(f"policy {own_code()} {of}".encode()).hexdigest()
