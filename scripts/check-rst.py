#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""check-rst.py FILE...: parses reStructuredText and fails on any warning.

What Sphinx adds and the documentation uses is made known to docutils here: the
toctree directive and the :doc: role, whose targets must exist. Two sections beside each other
with the same title are a page that was pasted twice.
"""
import os
import sys

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives, roles


class Page:
    """The file that is being parsed, for the paths in it."""
    name = ""


def exists(page):
    here = os.path.dirname(Page.name)
    return os.path.exists(os.path.join(here, page + ".rst"))


class Toctree(Directive):
    has_content = True
    option_spec = {"maxdepth": directives.nonnegative_int, "caption": directives.unchanged}

    def run(self):
        missing = [p for p in self.content if p.strip() and not exists(p.strip())]
        if missing:
            raise self.error("no page " + ", ".join(missing))
        return []


def doc_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    if not exists(text):
        message = inliner.reporter.error("no page " + text, line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    return [nodes.literal(rawtext, text)], []


def doubled(doctree):
    for parent in doctree.findall(lambda n: isinstance(n, (nodes.document, nodes.section))):
        titles = [n[0].astext() for n in parent.children if isinstance(n, nodes.section)]
        yield from sorted({t for t in titles if titles.count(t) > 1})


def main():
    directives.register_directive("toctree", Toctree)
    roles.register_local_role("doc", doc_role)
    bad = False
    for name in sys.argv[1:]:
        Page.name = name
        with open(name, encoding="utf-8") as f:
            doctree = publish_doctree(f.read(), source_path=name, settings_overrides={
                "report_level": 2, "halt_level": 5, "syntax_highlight": "none",
                "file_insertion_enabled": False})
        bad = bad or any(n["level"] >= 2 for n in doctree.findall(nodes.system_message))
        for title in doubled(doctree):
            print(f"{name}: two sections {title}", file=sys.stderr)
            bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
