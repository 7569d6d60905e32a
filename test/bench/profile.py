"""Prints in whose code a Go benchmark spends its CPU time and makes its allocations: lines with the percentages of each
package of this module, of each other module, and of net/http. What else the runtime and the standard library do counts
for their caller. See run.sh."""
import argparse
import collections
import pathlib
import re
import subprocess
import tempfile

from measured import sample

OURS = "github.com/prefect-secrets/prefect-secrets/"
FRAME = re.compile(r"^(?:\s*([\d.]+)(\w*)\s+| {4,})(\S.*)$")


def owner(frames):
    """Whose the innermost frame is that is neither the runtime's nor the standard library's."""
    for frame in frames:
        function = frame.removesuffix(" (inline)")
        path, slash, last = function.rpartition("/")
        package = path + slash + last.split(".")[0]
        if package.startswith(OURS):
            return package.removeprefix(OURS).removesuffix("_test")
        if package == "net/http":
            return package
        if "." in package.split("/")[0]:
            return "/".join(package.split("/")[:3])
    return "runtime"


def shares(profile, index):
    """Percentages by package, of what pprof prints of a profile: a stack after each line of dashes."""
    command = ["go", "tool", "pprof", "-traces", "-sample_index=" + index, "-unit=ns" if index == "cpu" else "-unit=count", profile]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
    of = collections.Counter()
    for stack in re.split(r"^-+\+-+$", text, flags=re.MULTILINE)[1:]:
        lines = [m for m in map(FRAME.match, stack.splitlines()) if m and not m[3].startswith("bytes:")]
        if lines and lines[0][1]:
            of[owner([m[3] for m in lines])] += float(lines[0][1])
    total = sum(of.values())
    return {package: 100 * n / total for package, n in of.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", help="of the lines")
    parser.add_argument("test", help="the tests of a package, built")
    parser.add_argument("benchmark", help="a pattern")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for index, flag, more in (
            ("cpu", "cpuprofile", ["-test.benchtime=2s"]),
            ("alloc_objects", "memprofile", ["-test.benchtime=200x", "-test.memprofilerate=1"]),
        ):
            profile = str(pathlib.Path(work) / index)
            command = [options.test, "-test.run=^$", "-test.bench=" + options.benchmark, "-test.%s=%s" % (flag, profile), *more]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            for package, share in sorted(shares(profile, index).items(), key=lambda s: -s[1]):
                if share >= 0.5:
                    sample("Profile/%s/%s" % (options.name, package), **{"%-" + index.replace("_", "-"): share})


if __name__ == "__main__":
    main()
