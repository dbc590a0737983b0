"""CATALOGUE -> STATIC SITE: pages, assets, workers, headers, feeds, and a loopback server.

site_map, views, render, templates/    which pages, what they say, their HTML
theme, colour                          the operator's colours, contrast checked
assets, worker, manifests, icons/      what the browser loads and keeps
policy                                 one security policy for header files, server and meta
output, staging                        the folder: nothing leaves it, nothing foreign is touched
precompression, content_coding         copies that servers hand on, and who accepts them
page_keys, remembered, catalogue_parts what need not be made again
look_ahead                             what is untouched, seen while all this still starts
serve, watch, check, cli               looking at the result
"""
