"""The real agent CLIs as the tests set them up: where their scripted model is, and that nothing of the user's is read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = {
    "opencode": ".config/opencode/opencode.json",
    "codex": ".codex/config.toml",
    "gemini": ".gemini/settings.json",
    "qwen": ".qwen/settings.json",
}
MODELS = {
    "mini": "openai/scripted",
    "aider": "openai/scripted",
    "opencode": "scripted/scripted",
    "claude": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-flash",  # without one, it first asks a model which model to ask
}


def environment(name: str, home: Path, url: str) -> dict[str, str]:
    """The variables of one CLI; its settings are written into `home`."""
    home.mkdir(parents=True, exist_ok=True)
    settings = _settings(name, url)
    if settings:
        file = home / SETTINGS[name]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(settings, encoding="utf-8")
    own = {
        "mini": {
            "OPENAI_API_BASE": f"{url}/v1",
            "MSWEA_CONFIGURED": "true",
            "MSWEA_COST_TRACKING": "ignore_errors",
            "MSWEA_GLOBAL_CONFIG_DIR": str(home / "mini"),
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        },
        "aider": {"OPENAI_API_BASE": f"{url}/v1", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        "gemini": {"GOOGLE_GEMINI_BASE_URL": url, "GEMINI_API_KEY": "none"},
        "qwen": {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_MODEL": "scripted"},
        "claude": {
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": "none",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        },
        "opencode": {"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1"},
    }
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "OPENAI_API_KEY": "none",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1",
        **own.get(name, {}),
    }


def _settings(name: str, url: str) -> str:
    if name == "opencode":
        provider = {
            "npm": "@ai-sdk/openai-compatible",
            "options": {"baseURL": f"{url}/v1", "apiKey": "none"},
            "models": {"scripted": {"name": "scripted", "limit": {"context": 100000, "output": 8000}}},
        }
        return json.dumps({"autoupdate": False, "share": "disabled", "provider": {"scripted": provider}})
    if name == "codex":
        return (
            'model = "scripted"\nmodel_provider = "scripted"\n[features]\nplugins = false\n[analytics]\nenabled = false\n'
            f'[model_providers.scripted]\nname = "scripted"\nbase_url = "{url}/v1"\nwire_api = "responses"\n'
            'env_key = "OPENAI_API_KEY"\n'
        )
    if name == "gemini":
        return json.dumps(
            {
                "security": {"auth": {"selectedType": "gemini-api-key"}},
                "privacy": {"usageStatisticsEnabled": False},
            }
        )
    if name == "qwen":
        return json.dumps({"privacy": {"usageStatisticsEnabled": False}, "telemetry": {"enabled": False}})
    return ""


def on_path(directories: list[Path]) -> str:
    """PATH with the CLIs before everything else."""
    return os.pathsep.join([*map(str, directories), os.environ["PATH"]])
