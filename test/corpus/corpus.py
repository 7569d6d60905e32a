"""Checks the config.toml that each release of Prefect ships, for that release.

    corpus.py BIN WORK RELEASES

RELEASES is a file of releases and the hashes of their archives, one a line. pip reads its package
index once and downloads the archives, four at a time; their configs stay in WORK. Whatever BIN finds
in one of them fails the run, for nothing is wrong with what Prefect ships, and so does an archive of
another hash. Exit code 75: an archive could not be downloaded.
"""

import collections
import hashlib
import json
import multiprocessing
import os
import pathlib
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile

CONFIG = "prefect/config.toml"
OLDEST = (0, 6, 7)  # that --prefect-version takes
UNAVAILABLE = 75
WRONG_HASH = "its hash is not that of RELEASES"


def pip(*arguments):
    """Runs pip in this process: importing it takes as long as downloading an archive."""
    sys.argv = ["pip", *arguments]
    try:
        runpy.run_module("pip", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code or 0
    return 0


def run_pip(log, *arguments):
    """Runs pip with its output in a file, and returns why it failed."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    code = pip(*arguments)
    if code == 0:
        return None
    if "DO NOT MATCH THE HASHES" in log.read_text(errors="replace"):
        return WRONG_HASH
    return log.read_text(errors="replace")[-200:].strip() or "pip ended with %s" % code


def list_index(log):
    return run_pip(log, "index", "versions", "prefect", "-vvv")


def find_archives(text):
    """Returns the URL of each release's archive, a wheel if there is one, from what pip tells of its index."""
    archives = {}
    for url, release in re.findall(r"Found link (\S+) .*version: (\S+)$", text, re.MULTILINE):
        if url.endswith("-none-any.whl") or (url.endswith(".tar.gz") and release not in archives):
            archives[release] = url
    return archives


def fetch(work, release, requirement):
    """Writes the config of a release to its place in work, and returns what pip said if it failed."""
    directory = work / ("archive-" + release)
    shutil.rmtree(directory, ignore_errors=True)
    log = work / (release + ".log")
    why = run_pip(
        log, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", str(directory), requirement,
    )
    if why is not None:
        return why
    (archive,) = directory.iterdir()
    place = config_of(work, release)
    place.with_suffix(".new").write_bytes(read_config(archive))
    place.with_suffix(".new").replace(place)
    shutil.rmtree(directory)
    log.unlink()
    return None


def read_config(archive):
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(CONFIG)
    with tarfile.open(archive) as source:
        (name,) = [n for n in source.getnames() if n.endswith("/src/" + CONFIG)]
        return source.extractfile(name).read()


def config_of(work, release):
    return work / (release + ".toml")


def fetch_all(work, releases):
    """Fetches what is missing in work, and returns why, by release, for what is missing still."""
    missing = [r for r in releases if not config_of(work, r).exists()]
    if not missing:
        return {}
    os.environ["PIP_NO_INPUT"] = "1"
    with open(os.devnull, "w") as devnull:
        stdout, sys.stdout = sys.stdout, devnull
        pip("download", "--help")  # imports pip before the processes are forked
        sys.stdout = stdout
    with multiprocessing.get_context("fork").Pool(4, maxtasksperchild=1) as pool:
        index = work / "index.log"
        why = pool.apply(list_index, [index])
        if why is not None:
            return dict.fromkeys(missing, why)
        archives = find_archives(index.read_text(errors="replace"))
        index.unlink()
        wanted = [r for r in missing if r in archives]
        # pip builds the metadata of a source archive, which takes longest: those come first.
        wanted.sort(key=lambda r: archives[r].endswith(".whl"))
        results = pool.starmap(fetch, [(work, r, archives[r] + "#" + releases[r].replace(":", "=")) for r in wanted], chunksize=1)
    failures = dict.fromkeys(missing, "it is not in the index")
    failures.update(zip(wanted, results))
    return {r: why for r, why in failures.items() if why is not None}


def check(binary, work, release):
    """Returns the findings in the config of a release, for that release."""
    command = [binary, "check", str(config_of(work, release)), "--format", "json", "--fail-on", "never"]
    if tuple(map(int, release.split("."))) >= OLDEST:
        command += ["--prefect-version", release]
    done = subprocess.run(command, env={"HOME": "/home/prefect"}, capture_output=True, text=True)
    if done.returncode != 0:
        return [{"severity": "error", "rule": "none", "file": release, "line": 0, "message": done.stderr.strip()}]
    return json.loads(done.stdout)["diagnostics"]


def main():
    binary, work = sys.argv[1], pathlib.Path(sys.argv[2])
    releases = dict(line.split() for line in pathlib.Path(sys.argv[3]).read_text().splitlines())
    failures = fetch_all(work, releases)
    for release, why in failures.items():
        print("public configs: %s is not checked: %s" % (release, why))
    fetched = [r for r in releases if r not in failures]
    distinct = {hashlib.sha256(config_of(work, r).read_bytes()).digest() for r in fetched}
    found = collections.defaultdict(list)
    for release in fetched:
        for finding in check(binary, work, release):
            found["%s: %s [%s]" % (finding["severity"], finding["message"], finding["rule"])].append("%s:%s" % (release, finding["line"]))
    for finding, places in found.items():
        print("public configs: %s: %s" % (finding, ", ".join(places)))
    print("public configs: %d releases, %d distinct configs, %d findings" % (len(fetched), len(distinct), sum(map(len, found.values()))))
    if found or WRONG_HASH in failures.values():
        return 1
    return UNAVAILABLE if failures else 0


if __name__ == "__main__":
    sys.exit(main())
