#!/usr/bin/env python3
"""Lints and renders the chart with Helm itself, and validates what it renders.

Usage: check.py [PASSPORT]

PASSPORT is the binary that judges the rendered settings. Needs helm-python-sdk, kubernetes-validate and
PyYAML from PyPI; no cluster and no helm binary.
"""

import copy
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import helm_python
import kubernetes_validate
import yaml

FOLDER = Path(__file__).parent
CHART = FOLDER / "passport"
OLDEST = "1.30"
# Kinds of operators, which have schemas of their own.
FOREIGN = {"ServiceMonitor"}

# What a Secret of an installation has.
SECRET = {
    "PASSPORT__SECRET": "7d5c0e9af3b1864270fd95be318ac624",
    "PASSPORT__DATABASE__URL": "postgres://passport:p@db.example/passport?sslmode=require",
    "PASSPORT__STORE__URL": "rediss://:p@redis.example:6379/0",
    "PASSPORT__SMS__GATEWAYS": "yuntongxun",
    "PASSPORT__SMS__YUNTONGXUN__ACCOUNT_SID": "8a21",
    "PASSPORT__SMS__YUNTONGXUN__AUTH_TOKEN": "token",
    "PASSPORT__SMS__YUNTONGXUN__APP_ID": "8a22",
    "PASSPORT__SMS__YUNTONGXUN__TEMPLATE_ID": "20001",
}

# Values that must be refused, and a part of the reason.
REFUSED = [
    ({"publicUrl": "http://id.example.com"}, "publicUrl"),
    ({"publicUrl": "https://id.example.com/path"}, "publicUrl"),
    ({"existingSecret": ""}, "existingSecret"),
    ({"replicas": 0}, "replicas"),
    ({"trustedProxies": ["10.0.0.1"]}, "trustedProxies"),
    ({"secret": "in clear"}, "secret"),
    ({"image": {"digest": "sha256:12"}}, "digest"),
]

failures = 0


def fail(text):
    global failures
    failures += 1
    print(f"    {text}")


def lint(values, name):
    report = helm_python.lint(CHART, values, strict=True, kube_version=f"v{OLDEST}.0")
    # That a chart has an icon is a recommendation.
    for message in report["messages"]:
        if message["severity"] > 1:
            fail(f"{name}: {message['path']}: {message['error']}")
    for error in report["errors"]:
        fail(f"{name}: {error}")


def render(values):
    """Documents of all templates, the hooks among them."""
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        rendered = chart.render(values, name="id", namespace="identity")
    texts = [text for name, text in rendered.items() if name.endswith(".yaml")]
    return [document for text in texts for document in yaml.safe_load_all(text) if document]


def validate(documents, name):
    newest = kubernetes_validate.latest_version()
    for document in documents:
        if document["kind"] in FOREIGN:
            continue
        for version in (OLDEST, newest):
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except Exception as error:
                where = f"{document['kind']}/{document['metadata']['name']}"
                fail(f"{name}: {where} with Kubernetes {version}: {error}")


def settings_hold(documents, name, passport):
    """The service accepts the settings of the rendered containers."""
    by_kind = {document["kind"]: document for document in documents}
    with tempfile.TemporaryDirectory() as folder:
        text = by_kind["ConfigMap"]["data"]["passport.toml"]
        (Path(folder) / "passport.toml").write_text(text)
        for kind in ("Deployment", "Job"):
            if kind == "Job":
                (Path(folder) / "passport.toml").unlink()
            container = by_kind[kind]["spec"]["template"]["spec"]["containers"][0]
            # Variables of `env` outrank those of `envFrom`.
            variables = SECRET | {it["name"]: it["value"] for it in container["env"]}
            run = subprocess.run(
                [passport, "config", "check"],
                cwd=folder,
                env=variables,
                capture_output=True,
                text=True,
            )
            if run.returncode != 0:
                fail(f"{name}: {kind}: {run.stderr.strip()}")


def selectors_hold(documents, name):
    """Every selector of pods finds those of the Deployment, and not the job."""
    by_kind = {}
    for document in documents:
        by_kind.setdefault(document["kind"], []).append(document)
    labels = by_kind["Deployment"][0]["spec"]["template"]["metadata"]["labels"]
    job = by_kind["Job"][0]["spec"]["template"]["metadata"]["labels"]
    selectors = [it["spec"]["selector"] for it in by_kind["Service"]]
    selectors += [it["spec"]["selector"]["matchLabels"] for it in by_kind["Deployment"]]
    selectors += [
        it["spec"]["selector"]["matchLabels"] for it in by_kind.get("PodDisruptionBudget", [])
    ]
    for selector in selectors:
        if not selector.items() <= labels.items() or selector.items() <= job.items():
            fail(f"{name}: the selector {selector} does not find the nodes alone")


def refuses(values, reason, least):
    merged = {**copy.deepcopy(least), **values}
    try:
        render(merged)
    except Exception as error:
        if reason in str(error):
            return
        fail(f"{values} is refused for another reason: {error}")
        return
    fail(f"{values} is accepted")


def main():
    passport = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
    for path in sorted((CHART / "ci").glob("*.yaml")):
        values = yaml.safe_load(path.read_text())
        lint(values, path.name)
        documents = render(values)
        validate(documents, path.name)
        selectors_hold(documents, path.name)
        if passport:
            settings_hold(documents, path.name, passport)
        kinds = ", ".join(sorted({document["kind"] for document in documents}))
        print(f"    {path.name}: {len(documents)} objects: {kinds}")
    least = yaml.safe_load((CHART / "ci" / "least.yaml").read_text())
    for values, reason in REFUSED:
        refuses(values, reason, least)
    print(f"    {len(REFUSED)} wrong values")
    sys.exit(1 if failures else 0)


main()
