"""CATALOGUE -> STATIC SITE: pages, assets, workers, headers, feeds, and a loopback server.

build, making, plan   what there is to make, how it is made, and the call that joins them
files/       the output folder, its headers and policy, bundled assets, compressed copies
pages/       which pages there are and what they say; catalogue.json, feeds, figures, the partner's kit
rendering/   templates/ to HTML
offline/     what the browser keeps: service workers, manifests, icons/
rebuild/     what need not be made again
preview/     looking at the result: a loopback server, watching, checks, settings of web servers
cli          the commands `cje site …`
"""
