"""CATALOGUE -> STATIC SITE: pages, assets, workers, headers, feeds, and a loopback server.

site_map, views, render, templates/    which pages, what they say, their HTML
theme, colour                          the operator's colours, contrast checked
assets, worker, manifests, icons/      what the browser loads and keeps
policy                                 one security policy for header files, server and meta
output, staging                        the folder: nothing leaves it, nothing foreign is touched
page_keys, remembered, catalogue_parts what need not be made again
serve, watch, check, cli               looking at the result
"""

from site_builder.build import BuildReport, build
from site_builder.errors import SiteError
from site_builder.trust_anchor import TrustAnchor, read_trust_anchor

__all__ = ["BuildReport", "SiteError", "TrustAnchor", "build", "read_trust_anchor"]
