"""Sends every case to `serve --dev` and to Apollo Server, and compares the answers and what is stored after them.

    python3 suite.py BINARY WORK            compares with results.json
    python3 suite.py BINARY WORK --update   writes results.json
    python3 suite.py BINARY WORK --show CASE...   prints what both answer

Every difference has to stand in differences.json with its reason, and every entry there has to occur.
No answer of ours may hold a CANARY that stands in a case.
"""

import fnmatch
import json
import pathlib
import sys

import compare
import corpus
import generate
import wire
from servers import Apollo, Ours

HERE = pathlib.Path(__file__).parent
RESULTS = HERE / "results.json"

# Stands in cases that are refused, where a secret's value might.
CANARY = b"CANARY"

sys.setrecursionlimit(50_000)


def cases(ours, apollo):
    found = corpus.recorded() + corpus.documents() + wire.cases() + generate.cases(apollo, [t["id"] for t in ours.tenants])
    names = [case["name"] for case in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        sys.exit(f"apollo: cases of one name: {sorted(twice)}")
    return found


def answer(server, case):
    """What one server makes of a case, and what it holds afterwards."""
    headers = case["headers"]
    if case["key"] != "none":
        bearer = server.bearers.get(case["key"], case["key"])
        headers = [("Authorization", "Bearer " + bearer)] + headers
    return server.send(case["method"], case["path"], headers, case["body"])


def run(server, case):
    server.reset()
    out = compare.parts(answer(server, case))
    if b"mutation" in (case["body"] or b"") or "mutation" in case["path"]:
        out.update(compare.stored(server.state()))
    return out


def matches(entry, case, ours, apollo):
    same = entry.get("ours", ours) == ours and entry.get("apollo", apollo) == apollo
    return same and any(fnmatch.fnmatchcase(case, glob) for glob in entry["cases"])


def reason(listed, used, case, ours, apollo):
    """The first listed reason for a difference, or None. Marks each pattern that fits as used."""
    for i, entry in enumerate(listed):
        if matches(entry, case, ours, apollo):
            used.update((i, glob) for glob in entry["cases"] if fnmatch.fnmatchcase(case, glob))
            return entry["reason"]
    return None


def judge(found, listed):
    """The results, and what is wrong with them."""
    used, problems, differences = set(), [], []
    for case, (ours, apollo) in found.items():
        why = reason(listed, used, case, ours, apollo)
        if why is None:
            problems.append(f"unlisted difference: {case}\n    ours:   {ours}\n    apollo: {apollo}")
        differences.append({"case": case, "ours": ours, "apollo": apollo, "reason": why})
    for i, entry in enumerate(listed):
        stale = [glob for glob in entry["cases"] if (i, glob) not in used]
        problems += [f"listed, and no longer a difference: {glob} ({entry['reason']})" for glob in stale]
    return differences, problems


def main(binary, work, *options):
    ours = Ours(binary, work)
    try:
        apollo = Apollo(ours, work)
    except BaseException:
        ours.stop()
        raise
    try:
        return compare_all(ours, apollo, options)
    finally:
        apollo.stop()
        ours.stop()


def compare_all(ours, apollo, options):
    every = cases(ours, apollo)
    if options[:1] == ("--show",):
        return show(ours, apollo, [c for c in every if any(fnmatch.fnmatchcase(c["name"], o) for o in options[1:])])
    found, echoes = {}, []
    for case in every:
        different = compare.difference(run(ours, case), run(apollo, case))
        if different:
            found[case["name"]] = different
        if CANARY in (case["body"] or b"") and CANARY in answer(ours, case)[3]:
            echoes.append(f"our answer repeats what was sent: {case['name']}")
    differences, problems = judge(found, json.loads((HERE / "differences.json").read_text()))
    results = {"cases": len(every), "equal": len(every) - len(found), "differences": differences}
    return report(results, problems + echoes, "--update" in options)


def report(results, problems, update):
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    if update and not problems:
        RESULTS.write_text(text, encoding="utf-8")
    elif not problems and (not RESULTS.exists() or RESULTS.read_text(encoding="utf-8") != text):
        problems.append("results.json is not what this run gave: see the difference, then run with --update")
    for problem in problems:
        print("apollo:", problem)
    print(f"apollo: {results['cases']} cases, {results['equal']} equal, {len(results['differences'])} different")
    failed = len(problems)
    print(f"{results['cases'] - failed} passed, {failed} failed")
    return 1 if problems else 0


def show(ours, apollo, chosen):
    for case in chosen:
        print("=====", case["name"], case["method"], case["path"], case["key"], case["headers"], (case["body"] or b"")[:3000])
        for side, server in (("ours", ours), ("apollo", apollo)):
            server.reset()
            print(f"{side}:", *answer(server, case))
            print("   ", run(server, case))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
