# SPDX-License-Identifier: GPL-2.0-only
"""Sphinx's settings for `make htmldocs`."""
project = "credssp"
author = "the credssp authors"
master_doc = "index"
exclude_patterns = ["examples"]
html_theme = "alabaster"
html_theme_options = {
    "description": "CredSSP security contexts in the Linux kernel",
    "page_width": "72em",
}
# The examples are C, shell, and texts of several kinds: what has no language is plain text.
highlight_language = "none"
html_show_sphinx = False
html_copy_source = False
