#!/usr/bin/python3
"""`danegate schema`: what it writes is what deploy/ has, and it judges as `danegate check` does.

    tests/command/schema_test.py --update      # writes deploy/*.schema.json anew

The program is $DANEGATE, or build/release/danegate."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

try:
    import jsonschema
    import yaml
except ImportError as error:
    jsonschema, why_not = None, str(error)
else:
    why_not = ""

_HERE = pathlib.Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]
_DEPLOY = _ROOT / "deploy"
_PROGRAM = os.environ.get("DANEGATE", str(_ROOT / "build" / "release" / "danegate"))
_COMMANDS = {"tenant": ["schema"], "danegate": ["schema", "--edge"]}
# Of these, the shape is wrong, and not only what is meant by it.
_SHAPELESS = ("key-misplaced", "key-missing", "key-unknown", "kind-", "word-", "count-",
              "size-unit", "size-word", "text-long", "backend-too-many", "yaml-list", "yaml-text")


def written(name):
    done = subprocess.run([_PROGRAM, *_COMMANDS[name]], capture_output=True, text=True,
                          check=True, timeout=20)
    return done.stdout


def read_yaml(path):
    """As YAML 1.2, where on and off are texts."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers
                if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    return yaml.load(path.read_text(), loader)


class Schema(unittest.TestCase):
    def test_deploy_has_what_the_program_writes(self):
        for name in _COMMANDS:
            self.assertEqual((_DEPLOY / f"{name}.schema.json").read_text(), written(name),
                             f"run {_HERE.name}/schema_test.py --update")

    def test_every_key_is_described_and_no_other_is_allowed(self):
        def look(schema, path):
            for key, value in schema.get("properties", {}).items():
                self.assertTrue(value["description"], path + key)
                look(value, f"{path}{key}.")
                look(value.get("items", {}), f"{path}{key}[].")
            if "properties" in schema:
                self.assertIs(schema["additionalProperties"], False, path)

        for name in _COMMANDS:
            look(json.loads(written(name)), "")

    def test_each_sample_names_its_schema(self):
        for name in _COMMANDS:
            first = (_DEPLOY / f"{name}.yaml").read_text().splitlines()[0]
            self.assertEqual(first, f"# yaml-language-server: $schema={name}.schema.json")


@unittest.skipIf(jsonschema is None, f"cannot judge by the schema: {why_not}")
class Judgement(unittest.TestCase):
    def judge(self, name):
        schema = json.loads(written(name))
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    def test_the_samples_are_valid(self):
        for name in _COMMANDS:
            self.assertEqual(list(self.judge(name).iter_errors(
                read_yaml(_DEPLOY / f"{name}.yaml"))), [])

    def test_a_file_of_the_wrong_shape_is_refused(self):
        validator = self.judge("tenant")
        files = [path for path in (_HERE / "broken_tenants").glob("*.yaml")
                 if path.stem.startswith(_SHAPELESS)]
        self.assertGreater(len(files), 30)
        for path in files:
            self.assertFalse(validator.is_valid(read_yaml(path)), path.stem)

    def test_sizes_may_have_units(self):
        validator = self.judge("tenant")
        tenant = read_yaml(_DEPLOY / "tenant.yaml")
        for size, good in ((10000, True), ("10000", True), ("1MiB", True), (9999, False),
                           ("1MB", False), ("1 MiB", False), ("MiB", False)):
            tenant["limits"]["stanza_bytes"] = size
            self.assertEqual(validator.is_valid(tenant), good, size)


if __name__ == "__main__":
    if "--update" in sys.argv[1:]:
        for changed in _COMMANDS:
            (_DEPLOY / f"{changed}.schema.json").write_text(written(changed))
    else:
        unittest.main()
