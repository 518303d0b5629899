"""The files of deploy/ that operators copy, with the lab's paths and addresses in them."""
import os
import pathlib
import shutil

DEPLOY = pathlib.Path(__file__).resolve().parents[3] / "deploy"


def read(file, replacements):
    """The text of deploy/`file` with `replacements`: each old text must occur in it."""
    text = (DEPLOY / file).read_text()
    for old, new in replacements.items():
        if old not in text:
            raise ValueError(f"{DEPLOY / file} does not hold '{old}'")
        text = text.replace(old, new)
    return text


def trust_folder(folder, edge_ca):
    """The folder that a backend trusts: `edge_ca` (a PEM file) under its name there."""
    trust = os.path.join(folder, "danegate")
    os.makedirs(trust, exist_ok=True)
    shutil.copyfile(edge_ca, os.path.join(trust, "edge-ca.pem"))
    return trust
