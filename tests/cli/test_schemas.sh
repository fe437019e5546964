#!/bin/sh
# The JSON Schemas say what the loaders say: every good YAML file of the tree
# validates, every golden file with an error of structure does not.
set -eu
if ! python3 -c 'import jsonschema, yaml' 2>/dev/null; then
	echo "skipped: python3 has no jsonschema or no yaml"
	exit 0
fi
python3 - <<'PYTHON'
import glob
import json
import os
import re
import sys
import jsonschema
import yaml


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema: dates are text, `yes` is text."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(|~|null|Null|NULL)$", ["", "~", "n", "N"]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)$", "-+.0123456789"),
):
    Core.add_implicit_resolver(
        "tag:yaml.org,2002:" + tag, re.compile(pattern), list(first))

validators = {}
for kind in ("lethe", "dataset", "policy", "consents"):
    with open(f"schemas/{kind}.schema.json", encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[kind] = jsonschema.Draft202012Validator(schema)


def errors(path, kind):
    with open(path, encoding="utf-8") as f:
        return list(validators[kind].iter_errors(yaml.load(f, Core)))


def kind_of(path):
    """By what stands at its top; None for a file of another kind."""
    with open(path, encoding="utf-8") as f:
        top = yaml.load(f, Core)
    keys = top if isinstance(top, dict) else {}
    for key, kind in (("policy", "policy"), ("dataset", "dataset"),
                      ("installation", "lethe"), ("notices", "consents")):
        if key in keys:
            return kind
    return None


golden = "tests/golden/model"
failed = checked = 0
good = [p for d in ("schemas", "policies", golden + "/good",
                    golden + "/bad/meaning")
        for p in sorted(glob.glob(d + "/*.yml"))]
for path in good:
    kind = kind_of(path)
    if kind is None:
        continue
    checked += 1
    for e in errors(path, kind):
        failed += 1
        where = "/".join(map(str, e.absolute_path))
        print(f"{path}: {where}: {e.message[:200]}")
for path in sorted(glob.glob(golden + "/bad/structure/*.yml")):
    kind = os.path.basename(path).split("-")[0].replace("config", "lethe")
    checked += 1
    if not errors(path, kind):
        failed += 1
        print(f"{path}: the loader refuses it, the schema does not")
print(f"{checked} files, {failed} errors")
sys.exit(1 if failed or checked < 30 else 0)
PYTHON
