-- Asks as a browser does that takes gzip.
wrk.headers["Accept-Encoding"] = "gzip"
