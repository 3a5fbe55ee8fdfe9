"""Sphinx's configuration of the site; `python -m tools.site` copies it beside the pages it gathers."""

project = "sessile"
author = "The sessile developers"
copyright = "The sessile developers"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
html_theme = "furo"
html_title = "sessile"
html_show_sourcelink = False
html_copy_source = False
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
pygments_style = "friendly"
maximum_signature_line_length = 100
add_module_names = False
toc_object_entries = False  # as entries of the sidebar, thousands of names would take minutes
highlight_language = "text"
suppress_warnings = [
    "myst.header",  # the release notes go from a version to its parts by more than one level
]
