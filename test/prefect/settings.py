"""The table of Prefect's settings, from the config.toml of every release.

    settings.py TABLE [WHEEL...]     writes TABLE again, from the wheels of all releases; settings.sh runs it

A row is a setting: the releases that have it in their config.toml, with the default of each, and the first and
the last release whose code reads it. The second is from the source, by hand: it stays as the row has it, and a
new setting is taken to be read where it is a default. Only names, defaults and numbers of releases are kept.
"""

import json
import re
import sys
import tomllib
import zipfile


def number(release):
    return tuple(int(part) for part in release.split("."))


def leaves(table, path=()):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, path + (key,))
        else:
            yield ".".join(path + (key,)), value


def read_wheels(wheels):
    """The default settings of each release, oldest first."""
    found = {}
    for wheel in wheels:
        release = re.search(r"prefect-([0-9.]+)-", wheel).group(1)
        found[release] = dict(leaves(tomllib.loads(zipfile.ZipFile(wheel).read("prefect/config.toml").decode())))
    return dict(sorted(found.items(), key=lambda item: number(item[0])))


def spans(releases, name):
    """The defaults of a setting, each with the first and the last release that ships it."""
    out, before = [], None
    for release, settings in releases.items():
        now = (type(settings[name]), settings[name]) if name in settings else None
        if now and now == before:
            out[-1]["last"] = release
        elif now:
            out.append({"first": release, "last": release, "value": settings[name]})
        before = now
    return out


def in_order(releases):
    """All names, in the order of the latest release that has them."""
    names = []
    for settings in reversed(releases.values()):
        after = -1
        for name in settings:
            if name not in names:
                names.insert(after + 1, name)
            after = names.index(name)
    return names


def main(table, wheels):
    with open(table, encoding="utf-8") as file:
        read = {row["path"]: row.get("read", []) for row in map(json.loads, file) if "path" in row}
    releases = read_wheels(wheels)
    names = in_order(releases)
    rows = []
    for name in names + sorted(set(read) - set(names)):
        row = {"path": name}
        if name in names:
            row["defaults"] = spans(releases, name)
        row["read"] = read.get(name, [row["defaults"][0]["first"], row["defaults"][-1]["last"]] if name in names else [])
        rows.append(row)
    with open(table, "w", encoding="utf-8") as file:
        for row in [{"releases": " ".join(releases)}] + rows:
            file.write(json.dumps(row) + "\n")


main(sys.argv[1], sys.argv[2:])
