"""Runs a command on a terminal of its own and types into it: the task comes as JSON on standard input.

{"command": [...], "cwd": "...", "env": {...}, "waitFor": "text", "type": "...", "stdin": "file or nothing"}
prints {"status": exit code, "output": everything the terminal showed}.
"""

import json
import os
import pty
import sys

task = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    if task.get("stdin"):
        os.dup2(os.open(task["stdin"], os.O_RDONLY), 0)
    os.chdir(task["cwd"])
    os.execvpe(task["command"][0], task["command"], task["env"])

output = b""
typed = False
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    output += piece
    if not typed and task["waitFor"].encode() in output:
        os.write(terminal, task["type"].encode())
        typed = True
_, status = os.waitpid(child, 0)
print(json.dumps({"status": os.waitstatus_to_exitcode(status), "output": output.decode()}))
