"""Follows the recipes of docs/apps.md, each from an empty folder, as they stand there.

Usage: run.py ROOT PASSPORT WEBDRIVER_URL [RECIPE]

A fence with a file name is written to that file. A console fence behind `<!-- background PORT -->` is started and has to answer
at that port; of the others each command runs in one shell, and its answer is compared, with … for any text. `<!-- browser -->`
stands for the steps of `in_browser`.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from pathlib import Path

ROOT, PASSPORT, WEBDRIVER = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
WANTED = sys.argv[4] if len(sys.argv) > 4 else ""
MARK = "----- next -----\n"
PORTS = ("8080", "8000", "3000")
BLOCK = re.compile(
    r"<!-- background (?P<port>\d+) -->\n```console\n(?P<server>.*?)```"
    r"|<!-- (?P<browser>browser) -->"
    r"|```console\n(?P<shell>.*?)```"
    r"|```\w+ (?P<name>\S+)\n(?P<file>.*?)```",
    re.DOTALL,
)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def steps(block):
    """Commands and answers; lines of a command that goes on are indented by two spaces."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], ""])
        elif line.startswith("  ") and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1] += line + "\n"
    return found


def fits(expected, answer):
    return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), answer, re.DOTALL)


class Recipe:
    def __init__(self, title, text, folder):
        self.title, self.folder, self.servers = title, folder, []
        self.ports = {port: free_port() for port in PORTS}
        for port, own in self.ports.items():
            text = re.sub(rf"(?<=127\.0\.0\.1[: ]){port}|(?<=--port ){port}", own, text)
        self.text = text.replace("~/passport", str(ROOT))
        bin_folder = folder.parent / "bin"
        bin_folder.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (bin_folder / "passport").symlink_to(PASSPORT)
        listen = self.ports
        self.environment = {
            # Cargo finds it in folders of the workspace only, and would compile SQLite again without it.
            **tomllib.loads((ROOT / ".cargo/config.toml").read_text())["env"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PATH": f"{bin_folder}:{os.environ['PATH']}:/usr/sbin",
            "PASSPORT__HTTP__LISTEN": f"127.0.0.1:{listen['8080']}",
            "PASSPORT__METRICS__LISTEN": "",
            "LISTEN": f"127.0.0.1:{listen['3000']}",
            **{name: os.environ[name] for name in ("CARGO_HOME", "RUSTUP_HOME") if name in os.environ},
            "CARGO_HOME": os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", os.path.expanduser("~/.rustup")),
        }

    def follow(self):
        shell = ""
        for block in BLOCK.finditer(self.text):
            if name := block["name"]:
                (self.folder / name).write_text(block["file"])
            elif server := block["server"]:
                self.start(server, self.ports[block["port"]])
            elif block["browser"]:
                in_browser(self.ports)
            else:
                # Functions and variables of earlier blocks are still there.
                shell = self.run(shell, block["shell"])

    def start(self, block, port):
        ((command, _),) = steps(block)
        log = open(self.folder / f"server-{port}.log", "w")
        server = subprocess.Popen(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, stdout=log,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.servers.append(server)
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                    return
            if server.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"{self.title}: {command} does not listen\n{self.logs()}")

    def run(self, before, block):
        found = steps(block)
        script = before + "".join(f"{command}\nprintf '%s' '{MARK}'\n" for command, _ in found)
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, text=True, timeout=300,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        answers = done.stdout.split(MARK)[before.count(MARK) :]
        for (command, expected), answer in zip(found, answers):
            if not fits(expected, answer):
                raise SystemExit(
                    f"{self.title}: {command}\nexpected: {expected}answered: {answer}{done.stderr}\n{self.logs()}"
                )
        if len(answers) != len(found) + 1:
            raise SystemExit(f"{self.title}: the shell ended early\n{done.stderr}")
        print(f"    {self.title}: {len(found)} commands")
        return "".join(f"{command}\n" for command, _ in found if "()" in command or command.startswith("api="))

    def logs(self):
        logs = self.folder.glob("*.log")
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in logs)

    def stop(self):
        for server in self.servers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
        for server in self.servers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def in_browser(ports):
    """Signs in and out on the page of the static site, with a real browser."""
    site, passport = f"http://127.0.0.1:{ports['8000']}/", f"http://127.0.0.1:{ports['8080']}"

    def ask(method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(WEBDRIVER + path, data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    options = {"args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"]}
    wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
    session = f"/session/{ask('POST', '/session', wanted)['sessionId']}"

    def element(css):
        found = ask("POST", f"{session}/element", {"using": "css selector", "value": css})
        return f"{session}/element/{next(iter(found.values()))}"

    def type_into(css, text):
        ask("POST", f"{element(css)}/value", {"text": text})

    def click(css):
        ask("POST", f"{element(css)}/click", {})

    def says(text):
        for _ in range(100):
            if ask("GET", f"{element('#who')}/text") == text:
                return
            time.sleep(0.1)
        raise SystemExit(f"the page says {ask('GET', element('#who') + '/text')!r}, not {text!r}")

    try:
        ask("POST", f"{session}/url", {"url": site})
        says("You are not signed in.")
        for _ in range(100):
            shown = "return document.getElementById('picture').naturalWidth"
            if ask("POST", f"{session}/execute/sync", {"script": shown, "args": []}):
                break
            time.sleep(0.1)
        else:
            raise SystemExit("the picture is not shown")
        type_into("#number [name=mobile]", "13800138000")
        type_into("#number [name=answer]", "abcd2")
        click("#number button")
        says("A code is on its way.")
        with urllib.request.urlopen(f"{passport}/dev/inbox.json") as inbox:
            code = json.load(inbox)[0]["code"]
        type_into("#code [name=code]", code)
        click("#code button")
        says("You are 138****8000.")
        ask("POST", f"{session}/refresh", {})
        says("You are 138****8000.")
        click("#out")
        says("You are not signed in.")
        print("    A static site: signed in and out in a browser")
    finally:
        ask("DELETE", session)


def main():
    sections = re.split(r"^## ", (ROOT / "docs/apps.md").read_text(), flags=re.MULTILINE)[1:]
    done = 0
    for section in sections:
        title = section.splitlines()[0]
        if "```" not in section or WANTED.lower() not in title.lower():
            continue
        place = Path(tempfile.mkdtemp(prefix="passport-recipe-"))
        folder = place / "app"
        folder.mkdir()
        # Workers of nginx run as another user.
        place.chmod(0o755)
        recipe = Recipe(title, section, folder)
        try:
            recipe.follow()
            done += 1
        finally:
            recipe.stop()
            shutil.rmtree(place, ignore_errors=True)
    if done < (1 if WANTED else 6):
        raise SystemExit(f"{done} recipes are too few")


main()
