"""CATALOGUE -> STATIC SITE: pages, assets, workers, headers, feeds, and a loopback server.

build        the plan of a build, and its run; the one file that joins the floors
files/       the output folder, its headers and policy, bundled assets, compressed copies
pages/       which pages there are and what they say; catalogue.json, feeds, figures, the partner's kit
rendering/   templates/ to HTML
offline/     what the browser keeps: service workers, manifests, icons/
rebuild/     what need not be made again
preview/     looking at the result: a loopback server, watching, checks, settings of web servers
cli          the commands `cje site …`
"""
