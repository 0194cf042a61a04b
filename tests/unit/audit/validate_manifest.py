"""Validates JSON documents, one a line, against a schema or one of its definitions.

usage: validate_manifest.py SCHEMA DEFINITION|- FILE RESULT
Writes one character a document to RESULT: 1 valid, 0 not. Exit status 77 when python3-jsonschema 4 is
missing.
"""
import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(77)

schema_file, definition, documents_file, result_file = sys.argv[1:]
with open(schema_file, encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
if definition != "-":
    schema = {"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]}
validator = Draft202012Validator(schema)
with open(documents_file, encoding="utf-8") as file:
    documents = [json.loads(line) for line in file]
with open(result_file, "w", encoding="utf-8") as file:
    file.write("".join("1" if validator.is_valid(document) else "0" for document in documents))
