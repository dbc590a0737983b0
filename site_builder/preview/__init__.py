"""Looking at a built site: a loopback server, live reload, checks, settings of real web servers."""
