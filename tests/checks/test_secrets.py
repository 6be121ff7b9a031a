import pytest

from agent_gate.checks.secrets import check_secrets
from agent_gate.policy.model import Kind

# put together here, so that no scanner takes this file for a leak
AWS = "AKIA" + "ABCDEFGHIJKLMNOP"
SECRETS = [
    AWS,
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "ghp_" + "a1B2" * 9,
    "https://user:" + "hunter2222@example.com/x",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found_and_never_shown(judge, secret):
    (finding,) = judge(Kind.NO_SECRETS, {}, {"a.txt": f"x\nkey = {secret}\n"}).findings
    assert (finding.path, finding.line) == ("a.txt", 2)
    assert secret not in repr(finding)


@pytest.mark.parametrize(
    "text",
    [
        "token = os.environ['TOKEN']",
        "https://user:${PASSWORD}@host/x",
        "sha256:" + "ab" * 32,
        "password = input()",
    ],
)
def test_what_only_speaks_of_secrets_is_none(judge, text):
    assert judge(Kind.NO_SECRETS, {}, {"a.txt": f"{text}\n"}).findings == ()


def test_old_secrets_are_not_this_branchs(judge):
    assert judge(Kind.NO_SECRETS, {"a.txt": f"{AWS}\n"}, {"a.txt": f"{AWS}\nx\n"}).findings == ()


@pytest.mark.parametrize(
    ("path", "count"),
    [
        (".env", 1),
        ("deploy/.env.production", 1),
        (".env.example", 0),
        ("id_rsa", 1),
        ("cert.pem", 1),
        ("environment.py", 0),
    ],
)
def test_files_that_are_made_for_secrets(judge, path, count):
    assert len(judge(Kind.NO_SECRETS, {}, {path: "A=1\n"}).findings) == count


def test_a_secret_that_a_later_commit_takes_out_stays_in_the_history(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    added = repo.commit("feat: use it", {"a.txt": f"x\nkey = {AWS}\n", ".env": "K=1\n"})
    (repo.path / ".env").unlink()
    repo.commit("fix: read it", {"a.txt": "x\nkey = read()\n"})
    findings = check_secrets(rule_of(Kind.NO_SECRETS), context_of(repo)).findings
    assert [finding.path for finding in findings] == [".env", "a.txt"]
    assert all(added[:10] in finding.message and finding.line is None for finding in findings)
    assert AWS not in repr(findings)


def test_a_secret_that_is_still_there_is_one_finding(make_repo, context_of, rule_of):
    repo = make_repo()
    repo.branch("work")
    repo.commit("feat: use it", {"a.txt": f"key = {AWS}\n"})
    repo.commit("feat: more", {"a.txt": f"x\nkey = {AWS}\n"})
    (finding,) = check_secrets(rule_of(Kind.NO_SECRETS), context_of(repo)).findings
    assert (finding.path, finding.line) == ("a.txt", 2)
