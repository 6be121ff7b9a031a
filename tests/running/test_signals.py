import signal
import subprocess
import sys

CODE = """\
import sys, time
from agent_gate.running import signals
signals._AGAIN = 0.2
signals.end_orderly()
class Deaf:
    def __del__(self):
        print("deaf", flush=True)
        time.sleep(60)
try:
    Deaf()
    time.sleep(60)
except KeyboardInterrupt:
    signals.ending_has_begun()
    time.sleep(0.5)
    sys.exit(2)
"""


def test_an_ending_that_is_lost_in_a_finalizer_is_asked_for_again_and_only_until_it_has_begun():
    process = subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, b"Exception ignored" in errors) == (2, True), errors
